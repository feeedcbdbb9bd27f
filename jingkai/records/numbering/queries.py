"""Reads of the ledger of numbers."""

from __future__ import annotations

from django.db.models import Count, Max, Q

from jingkai.records.numbering.data import NumberLine
from jingkai.records.numbering.models import IssuedNumber


def list_numbers(
    *, series: str = "", year: int | None = None, before_id: int | None = None, limit: int = 50
) -> list[NumberLine]:
    """List numbers, newest first, a page at a time (`before_id` is the last id of the page before)."""
    found = IssuedNumber.objects.order_by("-pk")
    if series:
        found = found.filter(series=series)
    if year is not None:
        found = found.filter(year=year)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return [
        NumberLine(
            id=number.pk,
            text=number.text,
            series=number.series,
            year=number.year,
            sequence=number.sequence,
            issued_at=number.issued_at,
            subject_kind=number.subject_kind,
            subject_id=number.subject_id,
            voided_at=number.voided_at,
            void_reason=number.void_reason,
        )
        for number in found[:limit]
    ]


def find_gaps() -> list[tuple[str, int, int]]:
    """Name each series and year whose ledger lacks numbers, with how many are missing."""
    found = IssuedNumber.objects.values_list("series", "year").annotate(top=Max("sequence"), have=Count("pk"))
    return [(series, year, top - have) for series, year, top, have in found if top != have]


def count_void(series: str, year: int) -> int:
    """Count the void numbers of a series and year."""
    return IssuedNumber.objects.filter(Q(voided_at__isnull=False), series=series, year=year).count()
