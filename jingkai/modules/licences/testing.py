"""Libraries for tests: the types, and one licence in one line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.licences import operations
from jingkai.modules.licences.data import EntryDraft
from jingkai.modules.licences.models import Entry, LicenceType
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF


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
