"""Reads of seals, custody and uses."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q

from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.records.seals.data import UseLine
from jingkai.records.seals.models import Seal, SealCustody, SealUse


def list_seals() -> list[Seal]:
    """List all seals with their current custodian (`seal.holding`), two queries."""
    current = SealCustody.objects.filter(ends_at=None).select_related("custodian")
    return list(
        Seal.objects.order_by("code").prefetch_related(Prefetch("custody", current, to_attr="holding"))
    )


def get_seal(uuid: UUID) -> Seal | None:
    """Find a seal by the key of its page."""
    return Seal.objects.filter(uuid=uuid).first()


def custodian_of(seal_code: str) -> int | None:
    """Give the party that holds a seal now: a person's or a post's."""
    return (
        SealCustody.objects.filter(seal__code=seal_code, ends_at=None)
        .values_list("custodian_id", flat=True)
        .first()
    )


def custody_history(seal: Seal) -> list[SealCustody]:
    """List who held a seal when, newest first."""
    held = SealCustody.objects.filter(seal=seal).select_related("custodian", "handed_by")
    return list(held.order_by("-starts_at", "-pk"))


def list_uses(
    *,
    seal: Seal | None = None,
    seal_code: str = "",
    year: int | None = None,
    before_id: int | None = None,
    text: str = "",
    limit: int = 50,
) -> list[UseLine]:
    """List uses, newest first, a page at a time (`before_id` is the last id of the page before)."""
    found = SealUse.objects.select_related("seal", "authorised_by", "applied_by").order_by("-pk")
    if seal is not None:
        found = found.filter(seal=seal)
    if seal_code:
        found = found.filter(seal__code=seal_code)
    if year is not None:
        found = found.filter(year=year)
    if text:
        found = found.filter(
            Q(purpose__icontains=text)
            | Q(authorised_by__name__icontains=text)
            | Q(applied_by__name__icontains=text)
        )
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return [_line(use) for use in found[:limit]]


def get_use(use_id: int) -> UseLine | None:
    """Find one line of the ledger."""
    found = SealUse.objects.select_related("seal", "authorised_by", "applied_by").filter(pk=use_id).first()
    return _line(found) if found else None


def _line(use: SealUse) -> UseLine:
    return UseLine(
        id=use.pk,
        number=f"{use.year}-{use.seal.code}-{use.sequence}",
        in_year=f"{use.year}-{use.sequence}",
        seal_code=use.seal.code,
        seal_name=local(use.seal, "name"),
        purpose=use.purpose,
        authorisation_title=use.authorisation_title,
        authorised_by=local(use.authorised_by, "name"),
        authorised_at=use.authorised_at,
        applied_by=local(use.applied_by, "name") if use.applied_by else SYSTEM.name,
        applied_at=use.applied_at,
        subject_kind=use.subject_kind,
        subject_id=use.subject_id,
        sealed_sha256=use.sealed_sha256,
    )
