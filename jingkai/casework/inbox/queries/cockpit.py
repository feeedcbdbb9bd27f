"""Figures of the cockpit over the cases that the actor may see: two bounded statements at any size.

Where these look at many cases, a job counts them every few minutes (`figures`), and the first statement gives
what it counted; what presses is always read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from jingkai.casework.inbox.queries.visible import GRANTS, OPEN_OF, OPEN_TASKS, scope_of, select
from jingkai.kernel.calendar.api import Calendar, get_calendar, year_prints
from jingkai.kernel.permissions.data import Actor

MOST_OPEN = 10_000
"""Open cases that the figures look at, the most urgent first; beyond this a figure reads "10,000+"."""

MOST_MOVED = 20_000
"""Opened, and closed, cases that the weekly figures look at, the newest first."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Kept figures are never so fresh: everything is counted now."""

PRESSING = 12
"""Cases that are overdue or due soon, as many as the board shows."""

WEEKS = 12
AVERAGE_DAYS = 30

TASK_UNIT = """
    COALESCE(
        CASE WHEN pool.kind = 'unit' THEN pool.id END,
        (SELECT post.unit_id FROM organisation_appointment held
         JOIN organisation_post post ON post.party_id = held.post_id
         WHERE held.person_id = task.assignee_id AND held.voided_at IS NULL
           AND held.starts_on <= %(today)s AND (held.ends_on IS NULL OR held.ends_on >= %(today)s)
         ORDER BY post.head DESC, post."order", held.id LIMIT 1),
        (SELECT post.unit_id FROM organisation_post post
         WHERE post.party_id = COALESCE(task.assignee_id, task.pool_id)),
        task.pool_id, task.assignee_id
    )
"""
"""The unit that has a task in hand: its pool's, else that of the holder's post, else the party itself."""

_STANDING = f"""
{GRANTS},
kept AS MATERIALIZED (
    SELECT facts, counted_at FROM inbox_boardfigures
    WHERE scope = %(scope)s AND counted_at >= %(fresh)s::timestamptz
),
asked AS (SELECT id FROM grants WHERE NOT EXISTS (SELECT FROM kept)){OPEN_OF.format(grants="asked")},
pressing AS (
    SELECT DISTINCT most.due, most.case_id
    FROM grants CROSS JOIN LATERAL (
        SELECT due, case_id FROM (
            SELECT due, case_id, yellow, suspended FROM cases_caseaccess
            WHERE grantee_id = grants.id AND state = 'open'
            ORDER BY due, case_id LIMIT %(cap)s
        ) nearest
        WHERE NOT suspended AND yellow <= %(at)s
        ORDER BY due, case_id LIMIT %(pressing)s
    ) most
    ORDER BY most.due, most.case_id LIMIT %(pressing)s
),
held AS (
    SELECT {TASK_UNIT} AS unit_id,
           CASE WHEN task.suspended THEN 'hold' WHEN task.due_at IS NULL THEN 'none'
                WHEN task.due_at <= %(at)s THEN 'late' WHEN task.yellow_at <= %(at)s THEN 'warn'
                ELSE 'ok' END AS tone
    FROM {OPEN_TASKS}
)
SELECT 0, NULL::bigint, '', '', {year_prints().sql}::text, NULL,
       count(*),
       count(*) FILTER (WHERE NOT suspended AND due <= %(at)s),
       count(*) FILTER (WHERE NOT suspended AND due > %(at)s AND due < %(tomorrow)s),
       count(*) FILTER (WHERE NOT suspended AND due > %(at)s AND yellow <= %(at)s),
       count(*) FILTER (WHERE suspended),
       min(due) FILTER (WHERE NOT suspended AND due <= %(at)s)
FROM open_cases
UNION ALL
SELECT * FROM (
    SELECT 1, party.id, party.name, party.name_en, party.kind, party.uuid,
           count(*), count(*) FILTER (WHERE tone = 'late'), count(*) FILTER (WHERE tone = 'warn'),
           count(*) FILTER (WHERE tone = 'ok'), count(*) FILTER (WHERE tone = 'hold'), NULL::timestamptz
    FROM held JOIN parties_party party ON party.id = held.unit_id
    GROUP BY party.id
    ORDER BY count(*) DESC, party.id LIMIT 60
) units
UNION ALL
SELECT 2, case_id, '', '', '', NULL, 0, 0, 0, 0, 0, due FROM pressing
UNION ALL
SELECT 3, NULL, facts::text, '', '', NULL, 0, 0, 0, 0, 0, counted_at FROM kept
"""  # noqa: S608 - put together from this app's own constants


@dataclass(frozen=True, slots=True)
class Load:
    """How much one unit (or, together, the applicants) has in hand, by light."""

    party_id: int | None
    uuid: str
    name: str
    name_en: str
    total: int
    late: int
    warn: int
    ok: int
    hold: int

    @property
    def none(self) -> int:
        """Tasks under no limit."""
        return self.total - self.late - self.warn - self.ok - self.hold


@dataclass(frozen=True, slots=True)
class Kept:
    """Figures that a job counted some minutes ago, as it wrote them down."""

    facts: Mapping[str, Any]
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open: the strip's figures, who holds how much, the cases that press most, and the calendar.

    `pressing` are overdue or due soon, due first first. With `cut` only the most urgent cases are counted.
    """

    open: int
    late: int
    today: int
    warn: int
    hold: int
    longest_late: datetime | None
    cut: bool
    loads: tuple[Load, ...]
    pressing: tuple[int, ...]
    calendar: Calendar


def get_standing(*, actor: Actor, at: datetime) -> Standing:
    """Count the open cases by light, and the open tasks by the unit that has them in hand; one statement."""
    standing, _kept = get_standing_or_kept(actor=actor, at=at, fresh=NEVER)
    return standing


def get_standing_or_kept(*, actor: Actor, at: datetime, fresh: datetime) -> tuple[Standing, Kept | None]:
    """Give the figures kept since a moment; only where there are none, count. One statement.

    Of kept figures the standing has what presses and the calendar only.
    """
    today = timezone.localdate(at)
    rows = select(
        _STANDING,
        grantees=list(actor.grantees),
        scope=scope_of(actor.grantees),
        fresh=fresh,
        cap=MOST_OPEN,
        pressing=PRESSING,
        at=at,
        today=today,
        tomorrow=_start_of(today + timedelta(days=1)),
    )
    kept = [Kept(json.loads(row[2]), row[11]) for row in rows if row[0] == 3]
    return _read_standing(rows), kept[0] if kept else None


def _read_standing(rows: Sequence[tuple[Any, ...]]) -> Standing:
    first = next(row for row in rows if row[0] == 0)
    head = first[6:]
    return Standing(
        open=min(head[0], MOST_OPEN),
        late=head[1],
        today=head[2],
        warn=head[3],
        hold=head[4],
        longest_late=head[5],
        cut=head[0] > MOST_OPEN,
        loads=_loads([row for row in rows if row[0] == 1]),
        pressing=tuple(row[1] for row in rows if row[0] == 2),
        calendar=get_calendar(json.loads(first[4])),
    )


def _loads(rows: Sequence[tuple[Any, ...]]) -> tuple[Load, ...]:
    """Keep the units apart and put everything that waits for applicants into one line, the last."""
    units: list[Load] = []
    outside = [0] * 5
    for _mark, party_id, name, name_en, kind, uuid, *figures in rows:
        counts = figures[:5]
        if kind in ("enterprise", "person"):
            outside = [one + more for one, more in zip(outside, counts, strict=True)]
        else:
            units.append(Load(party_id, str(uuid), name, name_en, *counts))
    return (*units, *([Load(None, "", "", "", *outside)] if outside[0] else []))


_MOVED = f"""
{GRANTS},
opened AS MATERIALIZED (
    SELECT DISTINCT newest.opened, newest.case_id
    FROM grants CROSS JOIN LATERAL (
        SELECT opened, case_id FROM cases_caseaccess
        WHERE grantee_id = grants.id AND opened >= %(weeks_from)s
        ORDER BY opened DESC, case_id DESC LIMIT %(cap)s + 1
    ) newest
),
closed AS MATERIALIZED (
    SELECT cases_case.id, cases_case.closed_at
    FROM (
        SELECT DISTINCT newest.case_id
        FROM grants CROSS JOIN LATERAL (
            SELECT case_id FROM cases_caseaccess
            WHERE grantee_id = grants.id AND state = 'closed' AND updated >= %(weeks_from)s
            ORDER BY updated DESC, case_id DESC LIMIT %(cap)s + 1
        ) newest
    ) seen JOIN cases_case ON cases_case.id = seen.case_id AND cases_case.closed_at >= %(weeks_from)s
),
judged AS (
    SELECT last.* FROM (
        SELECT id FROM closed WHERE closed_at >= %(average_from)s
        ORDER BY closed_at DESC LIMIT %(average_cap)s
    ) recent CROSS JOIN LATERAL (
        SELECT clock.used_days, clock.on_time,
               (clock."limit"->>'amount')::int + clock.extended_days AS statutory,
               (clock."limit"->>'promised')::int AS promised
        FROM cases_caseclock link JOIN clock_clock clock ON clock.id = link.clock_id
        WHERE link.case_id = recent.id AND clock.state = 'stopped' AND clock."limit"->>'unit' = 'working'
        ORDER BY clock.stopped_on DESC, clock.due_on DESC, clock.id DESC LIMIT 1
    ) last
)
SELECT 'judged', NULL::date, count(*), avg(used_days), avg(COALESCE(promised, statutory)), avg(statutory),
       count(*) FILTER (WHERE on_time) FROM judged
UNION ALL
SELECT 'month', NULL, count(*), NULL, NULL, NULL, NULL FROM closed WHERE closed_at >= %(month_from)s
UNION ALL
SELECT 'opened', date_trunc('week', opened AT TIME ZONE %(zone)s)::date, count(*), NULL, NULL, NULL, NULL
FROM opened GROUP BY 2
UNION ALL
SELECT 'closed', date_trunc('week', closed_at AT TIME ZONE %(zone)s)::date, count(*), NULL, NULL, NULL, NULL
FROM closed GROUP BY 2
"""  # noqa: S608 - put together from this app's own constants


@dataclass(frozen=True, slots=True)
class Moved:
    """What came and went: per week, this month, and how long the closed cases of the last 30 days took.

    The days are those of the clock by which a case was judged: the one that ended last, in working days. A
    case without a promise counts with its statutory limit as its promise.
    """

    weeks: tuple[date, ...]
    opened: Mapping[date, int]
    closed: Mapping[date, int]
    closed_this_month: int
    judged: int
    on_time: int
    used: Decimal | None
    promised: Decimal | None
    statutory: Decimal | None
    cut: bool = field(default=False)


def get_moved(*, actor: Actor, at: datetime) -> Moved:
    """Count opened and closed cases per week, and average the used, promised and statutory working days."""
    today = timezone.localdate(at)
    this_week = today - timedelta(days=today.weekday())
    weeks = tuple(this_week - timedelta(weeks=WEEKS - 1 - n) for n in range(WEEKS))
    rows = select(
        _MOVED,
        grantees=list(actor.grantees),
        cap=MOST_MOVED,
        average_cap=MOST_OPEN,
        zone=settings.TIME_ZONE,
        weeks_from=_start_of(weeks[0]),
        average_from=_start_of(today - timedelta(days=AVERAGE_DAYS)),
        month_from=_start_of(today.replace(day=1)),
    )
    named = {row[0]: row for row in rows if row[1] is None}
    opened = {row[1]: row[2] for row in rows if row[0] == "opened" and row[1]}
    closed = {row[1]: row[2] for row in rows if row[0] == "closed" and row[1]}
    _mark, _week, judged, used, promised, statutory, on_time = named["judged"]
    return Moved(
        weeks=weeks,
        opened=opened,
        closed=closed,
        closed_this_month=named["month"][2],
        judged=judged,
        on_time=on_time,
        used=used,
        promised=promised,
        statutory=statutory,
        cut=max(sum(opened.values()), sum(closed.values())) > MOST_MOVED,
    )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
