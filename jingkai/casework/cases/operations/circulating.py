"""Giving a case to people to read (传阅), with a receipt of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import queries
from jingkai.casework.cases.data import FAR
from jingkai.casework.cases.events import CaseCirculated
from jingkai.casework.cases.models import Case, Reading
from jingkai.casework.cases.operations import store, telling
from jingkai.casework.cases.operations.starting import party_id
from jingkai.casework.cases.queries.people import people_of_party
from jingkai.casework.cases.rules import NotForYou
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor

LONGEST_NOTE = 500


class NobodyToRead(PersonFacingError):
    """Nobody was named, or everybody named has the case already."""

    status = 422
    sentence = _("%(case)s was already sent to everybody named.")
    advice = _("Choose people who have not had it to read yet.")


ACCESS_SQL = """
INSERT INTO cases_caseaccess (grantee_id, case_id, updated, opened, due, yellow, suspended, kind, state)
SELECT reader, %(case)s, %(updated)s, %(opened)s, %(due)s, %(yellow)s, %(suspended)s, %(kind)s, %(state)s
FROM unnest(%(readers)s::bigint[]) reader
ON CONFLICT (grantee_id, case_id) DO NOTHING
"""


@transaction.atomic
def circulate(
    *, case: Case, to: Iterable[models.Model | int], by: Actor, at: datetime, note: str = ""
) -> list[Reading]:
    """Give a case to persons to read; a unit or post stands for everybody in it. Open or finished cases.

    Whoever has it to read already is left out. By whoever may see the case. Thousands of readers take a fixed
    number of statements. Errors: NobodyToRead, NotForYou.
    """
    row, _digest = store.lock_case(case.pk)
    if by.kind != "system" and not queries.may_see(row.pk, grantees=by.grantees):
        raise NotForYou
    wanted = _persons([int(party_id(one) or 0) for one in to], at)
    known = set(Reading.objects.filter(case_id=row.pk, reader__in=wanted).values_list("reader_id", flat=True))
    readers = [person for person in wanted if person not in known]
    if not readers:
        raise NobodyToRead(case=row.reference)
    note = note.strip()[:LONGEST_NOTE]
    readings = Reading.objects.bulk_create(
        Reading(case=row, reader_id=person, sent_by_id=by.party_id, sent_at=at, note=note)
        for person in readers
    )
    _let_see(row, readers)
    audit.record(row, action="case.circulated", by=by, at=at, facts={"readers": readers})
    events.publish(CaseCirculated(case_id=row.pk, reading_ids=tuple(reading.pk for reading in readings)))
    telling.tell(row, readers, kind=telling.TO_READ, at=at, words=note)
    return readings


@transaction.atomic
def mark_read(*, reading: Reading, by: Actor, at: datetime) -> Reading:
    """Note that a reader has read a case; reading it again changes nothing. Error: NotForYou."""
    if by.party_id != reading.reader_id:
        raise NotForYou
    store.lock_case(reading.case_id)
    row = Reading.objects.select_related("case").get(pk=reading.pk)
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at"])
        audit.record(row.case, action="case.read", by=by, at=at, facts={"reader": row.reader_id})
    return row


def _persons(parties: list[int], at: datetime) -> list[int]:
    """Give the active persons meant, each once: units and posts stand for those in them today."""
    kinds = dict(Party.objects.filter(pk__in=parties, active=True).values_list("pk", "kind"))
    found: dict[int, None] = {}
    for party in parties:
        if kinds.get(party) == PartyKind.PERSON:
            found[party] = None
        elif kinds.get(party) in (PartyKind.UNIT, PartyKind.POST):
            found |= dict.fromkeys(people_of_party(party, timezone.localdate(at)))
    return list(found)


def _let_see(case: Case, readers: list[int]) -> None:
    facts: dict[str, Any] = {
        "case": case.pk,
        "updated": case.updated_at,
        "opened": case.opened_at,
        "due": case.due_at or FAR,
        "yellow": case.yellow_at or FAR,
        "suspended": case.suspended,
        "kind": case.kind,
        "state": case.state,
        "readers": readers,
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCESS_SQL, facts)
