"""Reading rules: what applies on a day, and the history of a rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from jingkai.kernel.hooks.api import Prepared, Slots
from jingkai.kernel.rules.data import RuleValue
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.rules import RuleMissing


def get_rule(kind: str, key: str, *, on: date) -> RuleValue:
    """Give the version of a rule that applies on a day, or raise `RuleMissing`."""
    found = find_rule(kind, key, on=on)
    if found is None:
        raise RuleMissing(kind, key, on)
    return found


def find_rule(kind: str, key: str, *, on: date) -> RuleValue | None:
    """Give the version of a rule that applies on a day, or None."""
    return get_rules([(kind, key)], on=on).get((kind, key))


def get_rules(wanted: Iterable[tuple[str, str]], *, on: date) -> dict[tuple[str, str], RuleValue]:
    """Give what applies on a day for several (kind, key), in one query; what does not apply is left out."""
    pairs = set(wanted)
    if not pairs:
        return {}
    kinds, keys = (sorted(set(part)) for part in zip(*pairs, strict=True))
    versions = ((row.rule.kind, row.rule.key, row) for row in _VERSIONS.fetch(kinds=kinds, keys=keys))
    applying = ((kind, key, row) for kind, key, row in versions if row.applies(on))
    return {(kind, key): value_of(row) for kind, key, row in applying if (kind, key) in pairs}


def list_rules(kind: str, *, on: date) -> list[RuleValue]:
    """List every rule of a kind that applies on a day, by key."""
    return [value_of(version) for version in _applying(on).filter(rule__kind=kind).order_by("rule__key")]


def get_version(*, version_id: int) -> RuleValue:
    """Give one version by the id that a case has pinned, also when it is void or past."""
    return value_of(RuleVersion.objects.select_related("rule").get(pk=version_id))


def list_histories(kind: str) -> list[Rule]:
    """List the rules of a kind, each with all its versions, newest first."""
    versions = RuleVersion.objects.order_by("-starts_on", "-id")
    return list(Rule.objects.filter(kind=kind).prefetch_related(Prefetch("versions", queryset=versions)))


def list_versions(*, rule: Rule) -> list[RuleVersion]:
    """List all versions of a rule, also void ones, newest first."""
    return list(rule.versions.order_by("-starts_on", "-id"))


def find_last(*, rule: Rule) -> RuleVersion | None:
    """Give the version that applies last, or None when all are void."""
    return rule.versions.filter(voided_at__isnull=True).order_by("-starts_on").first()


def count_by_kind(*, on: date) -> dict[str, tuple[int, int]]:
    """Count for each kind its rules and those whose version of that day nobody has verified here."""
    totals = dict(Rule.objects.order_by().values_list("kind").annotate(Count("pk")))
    unconfirmed = _applying(on).filter(confirmed=False)
    waiting = dict(unconfirmed.order_by().values_list("rule__kind").annotate(Count("pk")))
    return {kind: (number, waiting.get(kind, 0)) for kind, number in totals.items()}


def value_of(version: RuleVersion) -> RuleValue:
    """Give a stored version as a plain value."""
    rule = version.rule
    return RuleValue(
        id=version.pk,
        kind=rule.kind,
        key=rule.key,
        name=rule.name,
        name_en=rule.name_en,
        value=version.value,
        source=version.source,
        article=version.source_article,
        confirmed=version.confirmed,
        starts_on=version.starts_on,
        ends_on=version.ends_on,
    )


def _versions(slots: Slots) -> QuerySet[RuleVersion]:
    """Every version of some rules that is not void; a rule has a handful of them."""
    return RuleVersion.objects.select_related("rule").filter(
        rule__kind__in=slots.texts("kinds"), rule__key__in=slots.texts("keys"), voided_at__isnull=True
    )


_VERSIONS = Prepared(_versions)


def _applying(on: date) -> QuerySet[RuleVersion]:
    open_end = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return RuleVersion.objects.select_related("rule").filter(
        open_end, starts_on__lte=on, voided_at__isnull=True
    )
