"""Keeping a library: add, correct, renew, take out, mark as revoked."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.licences import queries, rules
from jingkai.modules.licences.data import EntryDraft, Origin
from jingkai.modules.licences.models import Entry, LicenceType
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload


class FileKnown(PersonFacingError):
    """The library holds exactly this file already: nobody uploads the same twice."""

    sentence = _("Your library holds this file already: %(title)s.")
    advice = _("Use that entry. To write down another number or another last day, correct or renew it.")


class DatesMissing(PersonFacingError):
    """A type whose validity is stated on it needs the last day."""

    sentence = _("%(type)s states its validity: write down its last day.")
    status = 422


class CannotChange(PersonFacingError):
    """Only what the enterprise uploaded itself, and what is still valid, is changed by it."""

    sentence = _("“%(title)s” cannot be changed here.")
    advice = _(
        "Results and licences from the province change with their origin; what has ended stays as it is."
    )


@transaction.atomic
def add_licence(
    *, enterprise_id: int, type_: LicenceType, draft: EntryDraft, upload: Upload, by: Actor, at: datetime
) -> Entry:
    """Put a licence or material with its file into an enterprise's library.

    Errors: NotYourLicence, FileKnown, DatesMissing.
    """
    _check_own(enterprise_id, by)
    _lock_library(enterprise_id)
    _refuse_known(enterprise_id, upload)
    entry = create_entry(
        enterprise_id=enterprise_id, type_=type_, draft=draft, origin=Origin.UPLOADED, by=by, at=at
    )
    attach(entry, upload, by=by, at=at)
    _record(entry, "licence.added", by=by, at=at)
    return entry


@transaction.atomic
def correct_licence(*, entry: Entry, draft: EntryDraft, version: int, by: Actor, at: datetime) -> Entry:
    """Correct what is written down of an uploaded entry; a stale form is told so.

    Errors: NotYourLicence, CannotChange, ChangedMeanwhile, DatesMissing.
    """
    locked = _lock_own(entry, by=by)
    check_version(row_version=locked.version, form_version=version)
    _require_last_day(locked.type, draft)
    locked.title, locked.number, locked.issuer = draft.title, draft.number, draft.issuer
    locked.valid_from, locked.valid_to = draft.valid_from, _last_day(locked.type, draft)
    locked.warned_on = locked.expired_on = None
    locked.version += 1
    locked.save()
    _record(locked, "licence.corrected", by=by, at=at)
    return locked


@transaction.atomic
def renew_licence(*, entry: Entry, draft: EntryDraft, upload: Upload, by: Actor, at: datetime) -> Entry:
    """Put the renewed licence in the place of the old one; matters that use the old one follow it.

    Errors: NotYourLicence, CannotChange, FileKnown, DatesMissing.
    """
    locked = _lock_own(entry, by=by)
    _refuse_known(locked.enterprise_id, upload)
    renewed = create_entry(
        enterprise_id=locked.enterprise_id,
        type_=locked.type,
        draft=draft,
        origin=Origin.UPLOADED,
        by=by,
        at=at,
    )
    attach(renewed, upload, by=by, at=at)
    end_entry(locked, Entry.State.REPLACED, "", replaced_by=renewed, at=at)
    _record(renewed, "licence.renewed", by=by, at=at, renews=locked.pk)
    return renewed


@transaction.atomic
def remove_licence(*, entry: Entry, reason: str, by: Actor, at: datetime) -> None:
    """Take an uploaded entry out; what was handed in with it stays. Errors: as `renew_licence`."""
    locked = _lock_own(entry, by=by)
    end_entry(locked, Entry.State.REMOVED, reason.strip()[:500] or "由企业移出", at=at)
    _record(locked, "licence.removed", by=by, at=at)


@transaction.atomic
def revoke_licence(*, entry: Entry, reason: str, by: Actor, at: datetime) -> None:
    """Let an officer mark an entry as revoked by its issuer, with the reason. Errors: CannotChange."""
    locked = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if rules.MANAGE not in by.permissions or not reason.strip() or locked.state != Entry.State.VALID:
        raise CannotChange(title=locked.title)
    end_entry(locked, Entry.State.REVOKED, reason.strip()[:500], at=at)
    _record(locked, "licence.revoked", by=by, at=at, reason=audit.mark(reason))


def create_entry(
    *, enterprise_id: int, type_: LicenceType, draft: EntryDraft, origin: Origin, by: Actor, at: datetime
) -> Entry:
    """Write an entry down, its last day computed where the type says how long it is valid."""
    if origin == Origin.UPLOADED:
        _require_last_day(type_, draft)
    return Entry.objects.create(
        enterprise_id=enterprise_id,
        type=type_,
        title=draft.title or type_.name,
        number=draft.number,
        issuer=draft.issuer or type_.issuer,
        valid_from=draft.valid_from,
        valid_to=_last_day(type_, draft),
        origin=origin.value,
        added_by_id=by.party_id,
        added_at=at,
    )


def attach(entry: Entry, upload: Upload, *, by: Actor, at: datetime) -> None:
    """Put the file to its entry and keep its digest, by which the same file is known again."""
    sha256 = upload.received.sha256
    entry.attachment = files.attach(
        upload=upload, owner=(rules.OWNER, entry.pk), slot="", by=by, at=at, for_=entry.enterprise_id
    )
    entry.sha256 = sha256
    entry.save(update_fields=("attachment", "sha256"))


def end_entry(
    entry: Entry, state: str, reason: str, *, replaced_by: Entry | None = None, at: datetime
) -> None:
    """Note that an entry is worth nothing from now on, why, and what stands in its place."""
    entry.state, entry.state_reason, entry.state_at = state, reason, at
    entry.replaced_by = replaced_by
    entry.version += 1
    entry.save(update_fields=("state", "state_reason", "state_at", "replaced_by", "version"))


def _last_day(type_: LicenceType, draft: EntryDraft) -> date | None:
    if draft.valid_to is not None or type_.validity != LicenceType.Validity.MONTHS or not draft.valid_from:
        return draft.valid_to
    month = draft.valid_from.month - 1 + (type_.months or 0)
    year, month = draft.valid_from.year + month // 12, month % 12 + 1
    return date(year, month, min(draft.valid_from.day, monthrange(year, month)[1]))


def _require_last_day(type_: LicenceType, draft: EntryDraft) -> None:
    if type_.validity == LicenceType.Validity.STATED and draft.valid_to is None:
        raise DatesMissing(type=type_.name)


def _lock_library(enterprise_id: int) -> None:
    """One writer at a time per library, so that two uploads of one file become one entry."""
    Party.objects.select_for_update().get(pk=enterprise_id)


def _lock_own(entry: Entry, *, by: Actor) -> Entry:
    _check_own(entry.enterprise_id, by)
    _lock_library(entry.enterprise_id)
    locked = Entry.objects.select_for_update(of=("self",)).select_related("type").get(pk=entry.pk)
    if locked.origin != Origin.UPLOADED or locked.state != Entry.State.VALID:
        raise CannotChange(title=locked.title)
    return locked


def _check_own(enterprise_id: int, by: Actor) -> None:
    if enterprise_id not in by.enterprise_ids or rules.KEEP_OWN not in by.permissions:
        raise rules.NotYourLicence


def _refuse_known(enterprise_id: int, upload: Upload) -> None:
    known = queries.find_same_file(enterprise_id=enterprise_id, sha256=upload.received.sha256)
    if known is not None:
        upload.received.path.unlink(missing_ok=True)
        raise FileKnown(title=known.title)


def _record(entry: Entry, action: str, *, by: Actor, at: datetime, **more: object) -> None:
    facts = {"type": entry.type.code, "number": audit.mark(entry.number), "sha256": entry.sha256, **more}
    audit.record((rules.OWNER, entry.pk), action=action, by=by, at=at, for_=entry.enterprise_id, facts=facts)


def today(at: datetime) -> date:
    """The day of a moment in the zone."""
    return timezone.localdate(at)
