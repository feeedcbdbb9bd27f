"""Giving numbers without gaps, and making them void."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import insert_rows
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Actor
from jingkai.kernel.rules import api as rules
from jingkai.records.numbering.data import Number
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.numbering.rules import SERIES, SeriesUnknown, render_pattern

_COUNT_UP = """
INSERT INTO numbering_counter AS counter (series, year, last) VALUES (%s, %s, 1)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1 RETURNING last
"""


class NumberAlreadyVoid(PersonFacingError):
    """A number is void already, or no reason was given."""

    sentence = _("The number %(number)s cannot be made void.")
    advice = _("It is void already, or the reason is missing.")


@transaction.atomic(savepoint=False)
def next_number(
    *, series: str, at: datetime, by: Actor, year: int | None = None, subject: tuple[str, int] | None = None
) -> Number:
    """Give the next number of a series, in the caller's transaction.

    The counter's row stays locked until that transaction ends: when it is rolled back the number was never
    given, so the ledger has no gap; the next caller waits. Ask for it as late as possible in a transaction.
    """
    day = timezone.localdate(at)
    rule = rules.find_rule(SERIES, series, on=day)
    if rule is None:
        raise SeriesUnknown(series=series, day=day.isoformat())
    number_year = year or day.year
    sequence = _count_up(series, number_year if rule.value["reset"] == "year" else 0)
    text = render_pattern(rule.value["pattern"], year=number_year, sequence=sequence)
    issued = IssuedNumber(
        series=series,
        year=number_year if rule.value["reset"] == "year" else 0,
        sequence=sequence,
        text=text,
        pattern_id=rule.id,
        issued_at=at,
        issued_by_id=by.party_id,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
    )
    insert_rows([issued])
    return Number(issued.pk, series, issued.year, sequence, text)


def _count_up(series: str, year: int) -> int:
    """Raise the counter by one, waiting for whoever holds it; one statement makes and locks it."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_UP, [series, year])
        (last,) = cursor.fetchone()
    return int(last)


@transaction.atomic
def link_number(*, number_id: int, subject: tuple[str, int]) -> None:
    """Write down what a number was given to, when the thing came into being after its number."""
    IssuedNumber.objects.filter(pk=number_id, subject_id=None).update(
        subject_kind=subject[0], subject_id=subject[1]
    )


@transaction.atomic
def void_number(*, number_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Make a number void with a reason: it stays in the ledger and is never given again."""
    number = IssuedNumber.objects.select_for_update().get(pk=number_id)
    if number.voided_at is not None or not reason.strip():
        raise NumberAlreadyVoid(number=number.text)
    number.voided_at, number.void_reason = at, reason.strip()[:200]
    number.save(update_fields=["voided_at", "void_reason"])
    audit.record(number, action="number.voided", by=by, at=at, facts={"number": number.text})


def seed_series(
    *,
    key: str,
    name: str,
    name_en: str,
    pattern: str,
    starts_on: date,
    source: str,
    by: Actor,
    at: datetime,
    reset: str = "year",
) -> None:
    """Write down a series that the installation lacks; an existing one stays as the zone has made it."""
    value = {"pattern": pattern, "reset": reset}
    seed = rules.RuleSeed(
        kind=SERIES,
        key=key,
        name=name,
        name_en=name_en,
        value=value,
        starts_on=starts_on,
        source=source,
        confirmed=True,
    )
    rules.seed_rules([seed], by=by, at=at)


def record_export(*, facts: dict[str, str], by: Actor, at: datetime) -> None:
    """Note who took the ledger out of the system, and how it was narrowed."""
    audit.record(
        ("numbers.export", by.party_id or 0), action="number.list_exported", by=by, at=at, facts=facts
    )
