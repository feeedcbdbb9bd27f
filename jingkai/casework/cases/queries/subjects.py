"""What clocks run for: the case, who has it in hand, whom it is for; asked by clocks, in one query."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from jingkai.casework.cases.models import CaseAccess
from jingkai.casework.clock.data import ClockSubject
from jingkai.kernel.permissions.data import Actor

NOWHERE = UUID(int=0)
"""The case whose address is worked out once and filled in for all: that is most of the time otherwise."""

SUBJECTS_SQL = """
SELECT held.clock_id, matter.reference, matter.title, matter.title_en, matter.uuid, starter.id,
    (SELECT jsonb_agg(DISTINCT jsonb_build_array(task.assignee_id, COALESCE(pool_unit.party_id, post.unit_id,
            (SELECT own.unit_id FROM organisation_appointment work
             JOIN organisation_post own ON own.party_id = work.post_id
             WHERE work.person_id = task.assignee_id AND work.voided_at IS NULL
             ORDER BY work.ends_on IS NOT NULL, work.starts_on DESC, work.id LIMIT 1))))
     FROM cases_task task
     LEFT JOIN organisation_unit pool_unit ON pool_unit.party_id = task.pool_id
     LEFT JOIN organisation_post post ON post.party_id = task.pool_id
     WHERE task.case_id = matter.id AND task.state = 'open'
       AND (task.clock_key = held.key OR NOT EXISTS (
            SELECT 1 FROM cases_task own WHERE own.case_id = matter.id AND own.state = 'open'
              AND own.clock_key = held.key)))
FROM cases_caseclock held
JOIN cases_case matter ON matter.id = held.case_id
LEFT JOIN parties_party starter ON starter.id = matter.starter_id AND starter.kind = 'person'
WHERE held.clock_id = ANY(%s)
"""
"""The open tasks that work against the clock, or where none does all open tasks of the case."""


def subjects_of_clocks(clock_ids: Sequence[int]) -> Mapping[int, ClockSubject]:
    """Tell which case each of these clocks runs for, and in whose hands it is now."""
    with connection.cursor() as cursor:
        cursor.execute(SUBJECTS_SQL, [list(clock_ids)])
        rows = cursor.fetchall()
    page = reverse("inbox:case", kwargs={"uuid": NOWHERE})
    return {row[0]: _subject(*row[1:], page=page) for row in rows}


def _subject(
    reference: str, title: str, title_en: str, uuid: Any, starter: int | None, hands: str | None, *, page: str
) -> ClockSubject:
    found = json.loads(hands or "[]") if isinstance(hands, str | None) else hands
    return ClockSubject(
        reference=reference,
        title=title,
        title_en=title_en or title,
        url="",
        holders=tuple(dict.fromkeys(person for person, _unit in found if person)),
        units=tuple(dict.fromkeys(unit for _person, unit in found if unit)),
        told=(starter,) if starter else (),
        staff_url=page.replace(str(NOWHERE), str(uuid)),
    )


def may_see_clock(actor: Actor, clock_id: int) -> bool:
    """True where one of the actor's grants names the case for which the clock runs."""
    grants = CaseAccess.objects.filter(grantee_id__in=actor.grantees)
    return grants.filter(case__clocks__clock_id=clock_id).exists()
