"""Keeping the facts: written again from the matter whenever it tells of a change, all of them on command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import HandledItem
from jingkai.modules.efficiency import rules
from jingkai.modules.efficiency.data import Difference, Dimension
from jingkai.modules.efficiency.models import HeldDays, MatterFact, Name

BATCH = 500
FIELDS = tuple(
    field.attname for field in MatterFact._meta.concrete_fields if field.attname not in ("id", "item_id")
)
LOCK = 0x6566666963


@transaction.atomic
def refresh_matter(*, application_id: int) -> int:
    """Write the facts of one matter as the matter stands now; repeated, it changes nothing.

    Gives how many items of it are handled. What is no longer handled (a clock that runs again) goes.
    """
    _alone(application_id)
    records = approvals.handled_items(application_id=application_id)
    gone = MatterFact.objects.filter(application_id=application_id)
    gone.exclude(item_id__in=[one.item_id for one in records]).delete()
    _write(records)
    return len(records)


def _alone(number: int) -> None:
    """Let one writer at a time write one matter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK % 2**31, number % 2**31])


def rebuild_facts() -> int:
    """Write every fact anew from the matters, batch by batch, and take away what has no matter."""
    kept: set[int] = set()
    for records in _batches():
        with transaction.atomic():
            _write(records)
        kept.update(one.item_id for one in records)
    known = MatterFact.objects.values_list("item_id", flat=True)
    MatterFact.objects.filter(item_id__in=set(known) - kept).delete()
    return len(kept)


def check_facts() -> list[Difference]:
    """Compare every fact with its matter; an empty answer means that they agree."""
    found: list[Difference] = []
    seen: set[int] = set()
    for records in _batches():
        seen.update(one.item_id for one in records)
        found += _differences(records)
    known = set(MatterFact.objects.values_list("item_id", flat=True))
    return found + [Difference(number, "superfluous") for number in sorted(known - seen)]


def _batches() -> Iterator[list[HandledItem]]:
    after = 0
    while records := approvals.handled_items(after=after, limit=BATCH):
        yield records
        after = records[-1].item_id


def _differences(records: Sequence[HandledItem]) -> list[Difference]:
    rows = MatterFact.objects.filter(item_id__in=[one.item_id for one in records]).prefetch_related("holds")
    facts = {row.item_id: row for row in rows}
    found = []
    for record in records:
        fact = facts.get(record.item_id)
        if fact is None:
            found.append(Difference(record.item_id, "missing"))
            continue
        wanted = _row(record)
        wrong = [name for name in FIELDS if getattr(fact, name) != getattr(wanted, name)]
        if tuple(sorted((one.reason, one.days) for one in fact.holds.all())) != record.holds:
            wrong.append("holds")
        if wrong:
            found.append(Difference(record.item_id, " ".join(wrong)))
    return found


def _write(records: Sequence[HandledItem]) -> None:
    """Insert or update these facts with their holds and names: six statements for any number."""
    if not records:
        return
    MatterFact.objects.bulk_create(
        [_row(one) for one in records],
        update_conflicts=True,
        unique_fields=["item_id"],
        update_fields=[MatterFact._meta.get_field(name).name for name in _names()],
    )
    numbers = dict(
        MatterFact.objects.filter(item_id__in=[one.item_id for one in records]).values_list("item_id", "pk")
    )
    HeldDays.objects.filter(fact__in=numbers.values()).delete()
    HeldDays.objects.bulk_create(
        HeldDays(fact_id=numbers[one.item_id], reason=reason, days=days)
        for one in records
        for reason, days in one.holds
    )
    _name(records)


def _names() -> Iterator[str]:
    return (f.name for f in MatterFact._meta.concrete_fields if f.name not in ("id", "item_id"))


def _row(one: HandledItem) -> MatterFact:
    return MatterFact(
        item_id=one.item_id,
        application_id=one.application_id,
        case_id=one.case_id,
        reference=one.reference,
        title=one.title,
        title_en=one.title_en,
        enterprise_id=one.enterprise_id,
        package=one.package_code,
        item=one.item_code,
        unit_id=one.unit_id,
        person_id=one.person_id,
        started_on=one.started_on,
        concluded_on=one.concluded_on,
        month=rules.first_of_month(one.concluded_on),
        outcome=one.outcome,
        day_unit=one.day_unit,
        statutory=one.statutory,
        promised=one.promised,
        actual=one.actual,
        extended=one.extended,
        on_time=one.on_time,
        trips=one.trips,
        one_visit=one.trips <= rules.ONCE,
        corrections=one.corrections,
        returned=one.returned,
        held_days=sum(days for _reason, days in one.holds),
        simulated=one.simulated,
    )


def _name(records: Iterable[HandledItem]) -> None:
    names: dict[tuple[str, str], dict[str, Any]] = {}
    for one in records:
        item, package = Dimension.ITEM.value, Dimension.PACKAGE.value
        names[item, one.item_code] = {"name": one.item_name, "name_en": one.item_name_en}
        names[package, one.package_code] = {"name": one.package_name, "name_en": one.package_name_en}
    Name.objects.bulk_create(
        [Name(kind=kind, key=key, **words) for (kind, key), words in sorted(names.items())],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["name", "name_en"],
    )
