"""The life of an item: drafted, reviewed by another person, published from a day on, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.operations.finding import index_items
from jingkai.modules.approvals.operations.projecting import content_of_item, project
from jingkai.modules.approvals.rules.content import SLUG, ContentFault, compare_contents, content_faults
from jingkai.modules.approvals.rules.fields import empty_content

State = ItemVersion.State


class ItemChanged(PersonFacingError):
    """Somebody changed the version after the page was opened."""

    sentence = _("This version was changed by someone else meanwhile.")
    advice = _("Open it again; compare what you typed with what stands there now.")


class VersionNotOpen(PersonFacingError):
    """Only a draft is edited, only a draft is reviewed, only a reviewed version is published."""

    sentence = _("This version is %(state)s, so this step is not open.")
    advice = _("A published version is never rewritten: begin a new one.")


class ReviewerIsAuthor(PersonFacingError):
    """Four eyes: who wrote a version does not review it."""

    sentence = _("You wrote this version, so another person must review it.")


class VersionHasFaults(PersonFacingError):
    """A version with faults goes no further."""

    sentence = _("This version has %(count)s faults, the first: %(first)s")
    advice = _("Correct them in the form; each is shown beside its field.")
    status = 422


class BadItemCode(PersonFacingError):
    """An item's code is its address."""

    sentence = _("“%(code)s” cannot be an item's code, or another item has it.")
    advice = _("Use small letters, digits and hyphens, at most 40.")
    status = 422


class BadStartDay(PersonFacingError):
    """A version begins today or later, and after the one before."""

    sentence = _("A version cannot begin on that day.")
    advice = _("Choose today or a later day, not before the beginning of another published version.")
    status = 422


class ReasonMissing(PersonFacingError):
    """A withdrawal says why."""

    sentence = _("Write the reason.")
    status = 422


class NothingChanged(PersonFacingError):
    """A version that changes nothing is not published."""

    sentence = _("This version says the same as the one in force.")


@transaction.atomic
def create_item(*, code: str, content: Mapping[str, Any], by: Actor, at: datetime) -> ItemVersion:
    """Write down a new item as a draft that nobody outside sees. Errors: BadItemCode."""
    if not SLUG.fullmatch(code) or len(code) > 40 or Item.objects.filter(code=code).exists():
        raise BadItemCode(code=code)
    told = {**empty_content(), **content}
    units = queries.known(on=timezone.localdate(at)).units
    unit_id = units.get(str(told["unit"])) or organisation.unit_by_code("approval").pk
    item = Item(code=code, state=Item.State.DRAFT, visits=0, updated_at=at)
    project(item, {**told, "handling_code": ""}, unit_id=unit_id)
    item.save()
    version = ItemVersion.objects.create(
        item=item, number=1, content=told, edited_by_id=by.party_id, edited_at=at
    )
    audit.record(("item", item.pk), action="item.created", by=by, at=at, facts={"code": code})
    return version


@transaction.atomic
def begin_version(*, item: Item, by: Actor, at: datetime) -> ItemVersion:
    """Begin a new version with what the one in force says; an open one is given back as it is."""
    locked = Item.objects.select_for_update(of=("self",)).select_related("current", "unit").get(pk=item.pk)
    if found := queries.open_version(locked):
        return found
    codes = {number: code for code, number in queries.known(on=timezone.localdate(at)).units.items()}
    told = locked.current.content if locked.current else None
    content = told or content_of_item(locked, unit_code=codes.get(locked.unit_id, ""))
    newest = locked.versions.order_by("-number").values_list("number", flat=True).first()
    number = (newest or 0) + 1
    version = ItemVersion.objects.create(
        item=locked, number=number, content=content, edited_by_id=by.party_id, edited_at=at
    )
    _record(version, "item.version_begun", by=by, at=at)
    return version


@transaction.atomic
def save_version(
    *, version: ItemVersion, changes: Mapping[str, Any], seen: int, by: Actor, at: datetime
) -> list[ContentFault]:
    """Keep what was typed, faults and all, and give the faults that stand; a review becomes a draft again.

    Errors: ItemChanged, VersionNotOpen.
    """
    locked = _lock(version, seen, State.DRAFT, State.REVIEWED)
    before = dict(locked.content)
    locked.content = {**before, **changes}
    locked.state, locked.reviewed_by, locked.reviewed_at = State.DRAFT, None, None
    locked.edited_by_id, locked.edited_at = by.party_id, at
    _store(locked, "content", "state", "reviewed_by", "reviewed_at", "edited_by", "edited_at")
    fields = [change.key for change in compare_contents(before, locked.content)]
    _record(locked, "item.version_edited", by=by, at=at, fields=fields)
    known = queries.known(on=timezone.localdate(at))
    return content_faults(locked.content, known, item=locked.item.code)


@transaction.atomic
def review_version(*, version: ItemVersion, note: str, seen: int, by: Actor, at: datetime) -> ItemVersion:
    """Say as a second person that a version may be published. Errors: ReviewerIsAuthor, VersionHasFaults."""
    locked = _lock(version, seen, State.DRAFT)
    if locked.edited_by_id is not None and locked.edited_by_id == by.party_id:
        raise ReviewerIsAuthor
    _check(locked, on=timezone.localdate(at))
    locked.state, locked.note = State.REVIEWED, note.strip()
    locked.reviewed_by_id, locked.reviewed_at = by.party_id, at
    _store(locked, "state", "note", "reviewed_by", "reviewed_at")
    _record(locked, "item.version_reviewed", by=by, at=at)
    return locked


@transaction.atomic
def discard_version(*, version: ItemVersion, reason: str, seen: int, by: Actor, at: datetime) -> None:
    """Give up a version that was not published; it stays in the history with the reason."""
    if not reason.strip():
        raise ReasonMissing
    locked = _lock(version, seen, State.DRAFT, State.REVIEWED)
    locked.state, locked.note = State.DISCARDED, reason.strip()
    _store(locked, "state", "note")
    _record(locked, "item.version_discarded", by=by, at=at, reason=reason.strip())


@transaction.atomic
def publish_version(
    *, version: ItemVersion, starts_on: date, seen: int, by: Actor, at: datetime
) -> ItemVersion:
    """Let a reviewed version apply from a day on; matters under way keep the version they began with.

    Errors: VersionNotOpen, BadStartDay, NothingChanged, VersionHasFaults.
    """
    locked, today = _lock(version, seen, State.REVIEWED), timezone.localdate(at)
    item = Item.objects.select_for_update(of=("self",)).select_related("current").get(pk=locked.item_id)
    _check(locked, on=max(starts_on, today))
    published = item.versions.filter(state=State.PUBLISHED)
    if starts_on < today or published.filter(starts_on__gt=starts_on).exists():
        raise BadStartDay
    if item.current and item.state == Item.State.PUBLISHED and item.current.content == locked.content:
        raise NothingChanged
    published.filter(ends_on__isnull=True).update(ends_on=starts_on - timedelta(days=1))
    locked.state, locked.starts_on = State.PUBLISHED, starts_on
    locked.published_by_id, locked.published_at = by.party_id, at
    _store(locked, "state", "starts_on", "published_by", "published_at")
    if starts_on <= today:
        _put_in_force(item, locked, on=today, at=at)
    _record(locked, "item.published", by=by, at=at, starts_on=starts_on.isoformat())
    return locked


@transaction.atomic
def apply_due_versions(*, by: Actor, at: datetime) -> int:
    """Put versions in force whose day has come; gives how many."""
    on = timezone.localdate(at)
    due = ItemVersion.objects.filter(state=State.PUBLISHED, starts_on__lte=on, ends_on__isnull=True)
    count = 0
    for version in due.exclude(item__current_id__in=due.values("pk")).select_related("item"):
        item = Item.objects.select_for_update(of=("self",)).get(pk=version.item_id)
        _put_in_force(item, version, on=on, at=at)
        _record(version, "item.in_force", by=by, at=at)
        count += 1
    return count


@transaction.atomic
def withdraw_item(*, item: Item, reason: str, by: Actor, at: datetime) -> Item:
    """Take an item out of the catalogue from today, with the reason; matters under way go on."""
    if not reason.strip():
        raise ReasonMissing
    locked = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    locked.state, locked.withdrawn_reason = Item.State.WITHDRAWN, reason.strip()
    locked.withdrawn_on, locked.updated_at = timezone.localdate(at), at
    locked.version += 1
    locked.save(update_fields=("state", "withdrawn_reason", "withdrawn_on", "updated_at", "version"))
    index_items([locked], at=at)
    audit.record(("item", locked.pk), action="item.withdrawn", by=by, at=at, facts={"reason": reason.strip()})
    return locked


def _put_in_force(item: Item, version: ItemVersion, *, on: date, at: datetime) -> None:
    units = queries.known(on=on).units
    project(item, version.content, unit_id=units[str(version.content["unit"])])
    item.current, item.state, item.updated_at = version, Item.State.PUBLISHED, at
    item.withdrawn_on, item.withdrawn_reason = None, ""
    item.confirmed = queries.is_confirmed(item, version.content)
    item.version += 1
    item.save()
    index_items([item], at=at)


def _check(version: ItemVersion, *, on: date) -> None:
    faults = content_faults(version.content, queries.known(on=on), item=version.item.code)
    if faults:
        raise VersionHasFaults(count=len(faults), first=faults[0].reason)


def _lock(version: ItemVersion, seen: int, *states: str) -> ItemVersion:
    locked = ItemVersion.objects.select_for_update(of=("self",)).select_related("item").get(pk=version.pk)
    if locked.state not in states:
        raise VersionNotOpen(state=rules.version_state(locked.state))
    if locked.version != seen:
        raise ItemChanged
    return locked


def _store(version: ItemVersion, *fields: str) -> None:
    version.version += 1
    version.save(update_fields=(*fields, "version"))


def _record(version: ItemVersion, action: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    told = {"number": version.number, **facts}
    audit.record(("item", version.item_id), action=action, by=by, at=at, facts=told)
