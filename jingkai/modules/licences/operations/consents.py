"""Letting an entry be used for one thing, remembering a direct upload, taking a consent back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import queries, rules
from jingkai.modules.licences.data import Use
from jingkai.modules.licences.events import ConsentRevoked
from jingkai.modules.licences.models import Consent, Entry
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment


class CannotUse(PersonFacingError):
    """An entry that is not valid today, or has no file, serves nothing."""

    sentence = _("“%(title)s” cannot be used: it is not valid today or has no file.")
    advice = _("Renew it in your library, or upload another file.")


class AlreadyTakenBack(PersonFacingError):
    """A consent is taken back once."""

    sentence = _("This consent was taken back already.")


@transaction.atomic
def let_use(*, entry: Entry, use: Use, by: Actor, at: datetime) -> Consent:
    """Let an entry be used for one thing: its file is put there, and the consent is written down.

    Repeating it changes nothing: the open consent is given back. Errors: NotYourLicence, CannotUse.
    """
    locked = Entry.objects.select_for_update(of=("self",)).select_related("attachment__stored_file", "type")
    row = locked.get(pk=entry.pk)
    if not Entry.objects.filter(rules.own_entries(by), pk=row.pk).exists():
        raise rules.NotYourLicence
    if row.attachment is None or not rules.is_usable(row, on=timezone.localdate(at)):
        raise CannotUse(title=row.title)
    known = _open(row, use)
    if known is not None:
        return known
    attachment = files.attach_again(
        source=row.attachment, owner=use.owner, slot=use.slot, by=by, at=at, for_=row.enterprise_id
    )
    return _consent(row, use, attachment, by=by, at=at)


@transaction.atomic
def remember_use(
    *, enterprise_id: int, attachment: Attachment, use: Use, by: Actor, at: datetime
) -> Consent | None:
    """Tie a file that was uploaded to a thing directly to the library's entry with the same bytes, if any."""
    sha256 = attachment.stored_file.sha256
    entry = queries.find_same_file(enterprise_id=enterprise_id, sha256=sha256)
    if entry is None or by.party_id is None:
        return None
    return _open(entry, use) or _consent(entry, use, attachment, by=by, at=at)


@transaction.atomic
def revoke_consent(*, consent: Consent, by: Actor, at: datetime) -> Consent:
    """Take a consent back for the future; what was handed in with it stays. Errors: NotYourLicence."""
    rows = Consent.objects.select_for_update(of=("self",)).select_related("entry__type")
    locked = rows.get(pk=consent.pk)
    if locked.entry.enterprise_id not in by.enterprise_ids or rules.KEEP_OWN not in by.permissions:
        raise rules.NotYourLicence
    if locked.revoked_at is not None:
        raise AlreadyTakenBack
    locked.revoked_at, locked.revoked_by_id = at, by.party_id
    locked.save(update_fields=("revoked_at", "revoked_by"))
    _record(locked, "licence.consent_revoked", by=by, at=at)
    events.publish(ConsentRevoked(consent_id=locked.pk))
    return locked


def _open(entry: Entry, use: Use) -> Consent | None:
    kind, number = use.owner
    rows = entry.consents.filter(owner_kind=kind, owner_id=number, slot=use.slot, revoked_at__isnull=True)
    found = rows.select_related("attachment").first()
    if found is None or found.attachment is None or found.attachment.voided_at is None:
        return found
    found.revoked_at = found.attachment.voided_at
    found.save(update_fields=("revoked_at",))
    return None


def _consent(entry: Entry, use: Use, attachment: Attachment, *, by: Actor, at: datetime) -> Consent:
    kind, number = use.owner
    consent = Consent.objects.create(
        entry=entry,
        owner_kind=kind,
        owner_id=number,
        slot=use.slot,
        title=use.title[:300],
        attachment=attachment,
        given_by_id=enterprises.person_of(by),
        given_at=at,
    )
    _record(consent, "licence.consent_given", by=by, at=at)
    return consent


def _record(consent: Consent, action: str, *, by: Actor, at: datetime) -> None:
    facts = {
        "consent": consent.pk,
        "type": consent.entry.type.code,
        "owner": [consent.owner_kind, consent.owner_id],
        "slot": consent.slot,
    }
    stream = (rules.OWNER, consent.entry_id)
    audit.record(stream, action=action, by=by, at=at, for_=consent.entry.enterprise_id, facts=facts)
