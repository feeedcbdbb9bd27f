"""Libraries for tests: the types, and one licence in one line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.rules.api import VersionDraft, add_rule
from jingkai.modules.licences import operations, rules
from jingkai.modules.licences.data import EntryDraft
from jingkai.modules.licences.models import Consent, Entry, LicenceType
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF

__all__ = ["Consent", "Entry", "own_pdf", "put_in", "renew", "seed", "want_renewed"]


def seed(at: datetime) -> None:
    """The types and the rules of expiry."""
    operations.seed_types(by=SYSTEM, at=at)


def own_pdf(mark: str = "") -> bytes:
    """A small real PDF, another for every mark."""
    return PDF + f"% {mark}\n".encode()


def put_in(
    by: Actor,
    *,
    at: datetime,
    type_code: str = "business-licence",
    until: date | None = None,
    since: date | None = None,
    mark: str = "",
    **more: Any,
) -> Entry:
    """Put a licence into the library of the actor's first enterprise."""
    type_ = LicenceType.objects.get(code=type_code)
    draft = EntryDraft(
        title=more.get("title", type_.name), number="N-1", issuer="", valid_from=since, valid_to=until
    )
    upload = files.receive_bytes(own_pdf(mark or type_code), name=f"{type_.name}.pdf")
    return operations.add_licence(
        enterprise_id=by.enterprise_ids[0], type_=type_, draft=draft, upload=upload, by=by, at=at
    )


def renew(entry: Entry, *, until: date, by: Actor, at: datetime) -> Entry:
    """Put a renewed licence in the place of an entry."""
    upload = files.receive_bytes(own_pdf(f"renewed {until}"), name="新.pdf")
    draft = EntryDraft(title=entry.title, valid_to=until)
    return operations.renew_licence(entry=entry, draft=draft, upload=upload, by=by, at=at)


def want_renewed(type_code: str, *, at: datetime) -> None:
    """Let the zone's rule ask for a renewed licence of a type before the decision."""
    value = {"notice_days": 30, "on_expiry": "until_decided"}
    draft = VersionDraft(starts_on=date(2020, 1, 1), value=value, source="本区办理规则")
    add_rule(
        kind=rules.EXPIRY, key=type_code, name=type_code, name_en=type_code, draft=draft, by=SYSTEM, at=at
    )
