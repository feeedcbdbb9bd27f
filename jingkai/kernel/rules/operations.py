"""Writing rules: declare kinds, add versions, void them, confirm them, seed what the product brings along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.data import RuleKind, RuleSeed, VersionDraft
from jingkai.kernel.rules.events import RuleChanged
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.rules import RuleValueWrong, check_key, clean_value, kind_of, kinds


class RuleEditedMeanwhile(PersonFacingError):
    """Somebody else added or voided a version after the form was opened."""

    sentence = _("This rule was changed by someone else meanwhile (now version %(version)s).")
    advice = _("Look at its history and enter your version again if it is still needed.")


class VersionAlreadyBegins(PersonFacingError):
    """Two versions cannot begin on the same day; the existing one is not overwritten."""

    sentence = _("A version that applies from %(starts_on)s exists already.")
    advice = _("A version is never rewritten: void the existing one with a reason, or choose another day.")


class VersionAlreadyVoid(PersonFacingError):
    """A void version cannot be voided or confirmed."""

    sentence = _("This version is already void.")


def declare_kind(kind: RuleKind) -> None:
    """Make a kind of rule known; called while the app that reads it starts."""
    kinds.register(kind)


@transaction.atomic
def add_rule(
    *, kind: str, key: str, name: str, name_en: str, draft: VersionDraft, by: Actor, at: datetime
) -> RuleVersion:
    """Write down a new rule with its first version."""
    check_key(kind_of(kind), key)
    if Rule.objects.filter(kind=kind, key=key).exists():
        raise RuleValueWrong([_("A rule with the key “%(key)s” exists already.") % {"key": key}])
    rule = Rule.objects.create(kind=kind, key=key, name=name, name_en=name_en, version=0)
    return _add(rule, draft, by=by, at=at)


@transaction.atomic
def add_version(
    *, rule_id: int, draft: VersionDraft, seen_version: int, by: Actor, at: datetime
) -> RuleVersion:
    """Let a rule say something else from a day on: the version before ends the day before.

    A version that begins later stays; the new one then ends the day before that.
    """
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    if rule.version != seen_version:
        raise RuleEditedMeanwhile(version=rule.version)
    return _add(rule, draft, by=by, at=at)


@transaction.atomic
def void_version(*, version_id: int, reason: str, by: Actor, at: datetime) -> RuleVersion:
    """Declare a version void with a reason; the version just before it applies again in its place."""
    if not reason.strip():
        raise RuleValueWrong([_("A version is voided only with a reason.")])
    version = _lock_version(version_id)
    before = _live(version.rule).filter(ends_on=version.starts_on - timedelta(days=1)).first()
    version.voided_at, version.void_reason = at, reason.strip()
    version.save(update_fields=["voided_at", "void_reason"])
    if before is not None:
        before.ends_on = version.ends_on
        before.save(update_fields=["ends_on"])
    _settle(version, action="rule.version_voided", by=by, at=at, facts={"reason": version.void_reason})
    return version


@transaction.atomic
def confirm_version(*, version_id: int, by: Actor, at: datetime) -> RuleVersion:
    """Note that the zone has verified a version against the text of the law."""
    version = _lock_version(version_id)
    version.confirmed = True
    version.save(update_fields=["confirmed"])
    audit.record(version.rule, action="rule.version_confirmed", by=by, at=at, facts={"version": version.pk})
    return version


@transaction.atomic
def seed_rules(seeds: Iterable[RuleSeed], *, by: Actor, at: datetime) -> list[str]:
    """Write down the rules that the installation lacks, and give their keys; others stay as they are.

    Only a note that the product has learnt to give since is added, where nobody touched or verified a rule.
    """
    added = []
    for seed in seeds:
        check_key(kind_of(seed.kind), seed.key)
        rule, is_new = Rule.objects.get_or_create(
            kind=seed.kind,
            key=seed.key,
            defaults={"name": seed.name, "name_en": seed.name_en, "version": 0},
        )
        if is_new:
            draft = VersionDraft(
                starts_on=seed.starts_on,
                value=seed.value,
                source=seed.source,
                article=seed.article,
                note=seed.note,
                confirmed=seed.confirmed,
            )
            _add(rule, draft, by=by, at=at)
            added.append(seed.key)
        elif seed.note:
            _catch_up(rule, seed, by=by, at=at)
    return added


def _catch_up(rule: Rule, seed: RuleSeed, *, by: Actor, at: datetime) -> None:
    """Give a rule as it came with the product the note that it came without."""
    as_it_came = _live(rule).filter(created_by_id=by.party_id, note="", confirmed=False)
    same = as_it_came.filter(starts_on=seed.starts_on, source=seed.source, source_article=seed.article)
    for version in same.filter(value=clean_value(kind_of(seed.kind), seed.value)):
        version.note = seed.note.strip()
        version.save(update_fields=["note"])
        audit.record(rule, action="rule.note_added", by=by, at=at, facts={"version": version.pk})


def _add(rule: Rule, draft: VersionDraft, *, by: Actor, at: datetime) -> RuleVersion:
    value = clean_value(kind_of(rule.kind), draft.value)
    if not draft.source.strip():
        raise RuleValueWrong([_("A rule needs its source: the law, order or decision that says so.")])
    ends_on = _make_room(rule, draft.starts_on)
    version = RuleVersion.objects.create(
        rule=rule,
        starts_on=draft.starts_on,
        ends_on=ends_on,
        value=value,
        source=draft.source.strip(),
        source_article=draft.article.strip(),
        note=draft.note.strip(),
        confirmed=draft.confirmed,
        created_by_id=by.party_id,
        created_by_name=by.name,
        created_at=at,
    )
    _settle(version, action="rule.version_added", by=by, at=at, facts={"value": value})
    return version


def _make_room(rule: Rule, starts_on: date) -> date | None:
    """End the version that applies on the day, and give the last day of the new one."""
    day_before = starts_on - timedelta(days=1)
    if _live(rule).filter(starts_on=starts_on).exists():
        raise VersionAlreadyBegins(starts_on=starts_on.isoformat())
    _live(rule).filter(starts_on__lt=starts_on).exclude(ends_on__lt=starts_on).update(ends_on=day_before)
    later = _live(rule).filter(starts_on__gt=starts_on).order_by("starts_on").first()
    return later.starts_on - timedelta(days=1) if later else None


def _live(rule: Rule) -> QuerySet[RuleVersion]:
    return rule.versions.filter(voided_at__isnull=True)


def _lock_version(version_id: int) -> RuleVersion:
    rule_id = RuleVersion.objects.values_list("rule_id", flat=True).get(pk=version_id)
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    version = rule.versions.get(pk=version_id)
    if version.voided_at is not None:
        raise VersionAlreadyVoid()
    return version


def _settle(version: RuleVersion, *, action: str, by: Actor, at: datetime, facts: dict[str, object]) -> None:
    rule = version.rule
    rule.version += 1
    rule.save(update_fields=["version"])
    told = {"version": version.pk, "starts_on": version.starts_on.isoformat(), **facts}
    audit.record(rule, action=action, by=by, at=at, facts=told)
    events.publish(
        RuleChanged(version_id=version.pk, kind=rule.kind, key=rule.key, starts_on=version.starts_on)
    )
