"""A person's calendar address: made, changed, revoked. Nothing secret is stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from jingkai.casework.inbox.models import CalendarFeed
from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor

_SIGNER = Signer(salt="inbox.calendar", sep=".")


def token_of(feed: CalendarFeed) -> str:
    """Give the secret part of the address."""
    return _SIGNER.sign(f"{feed.uuid.hex}-{feed.version}")


def feed_of(token: str) -> CalendarFeed | None:
    """Give the feed behind an address; nothing for one that is wrong or was revoked."""
    try:
        number, _dash, version = _SIGNER.unsign(token).partition("-")
        wanted = {"uuid": UUID(hex=number), "version": int(version)}
    except (BadSignature, ValueError):
        return None
    rows = CalendarFeed.objects.filter(revoked_at__isnull=True, person__active=True, **wanted)
    return rows.select_related("person").first()


@transaction.atomic
def make_feed(*, with_titles: bool, by: Actor, at: datetime) -> CalendarFeed:
    """Make a new address; the one before stops working at once."""
    row, made = CalendarFeed.objects.select_for_update().get_or_create(
        person_id=by.party_id, defaults={"made_at": at, "with_titles": with_titles}
    )
    if not made:
        row.version, row.revoked_at = row.version + 1, None
        row.with_titles, row.made_at = with_titles, at
        row.save()
    person = row.person
    audit.record(person, action="calendar_feed.made", by=by, at=at, facts={"titles": with_titles})
    return row


@transaction.atomic
def revoke_feed(*, by: Actor, at: datetime) -> None:
    """Let the address stop working; revoking twice changes nothing."""
    row = CalendarFeed.objects.select_for_update().filter(person_id=by.party_id).first()
    if row is None or row.revoked_at is not None:
        return
    row.revoked_at, row.version = at, row.version + 1
    row.save(update_fields=["revoked_at", "version"])
    audit.record(row.person, action="calendar_feed.revoked", by=by, at=at, facts={})
