"""A flow run against a roster before anybody has to live with it: events in time, chance by a seed.

The very routing that moves real cases moves these. Work happens in office hours of working days, what is
waited for outside (the applicant, a message, a moment) in natural days. Nothing is read or written.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from jingkai.casework.flow.data import (
    BoundaryTimer,
    CallActivity,
    CatchEvent,
    Decision,
    DecisionTask,
    Delay,
    EndEvent,
    Flow,
    Node,
    Performer,
    PerformerKind,
    ServiceTask,
    TimeoutAct,
    UserTask,
    WaitKind,
    decide,
    evaluate,
    inside,
    read_moment,
    step_into,
)
from jingkai.casework.flow.data.simulation import Arrivals, SimulationReport, Staff
from jingkai.casework.flow.rules.reporting import report_of
from jingkai.casework.flow.rules.routing import Move, Parked, advance
from jingkai.casework.flow.rules.simulated import (
    HEADS,
    Place,
    SimulatedCase,
    Tally,
    TooLong,
    WorkedDays,
    chosen,
    facts_asked,
    pool_of,
)
from jingkai.kernel.calendar.api import Calendar

OPENS = time(9)
USUAL_WORK = 60.0
USUAL_WAIT = 3.0
MEMBERS = 3
"""How many members a unit is taken to have where a step asks all of them and the staff file is silent."""

MOST_EVENTS = 3_000_000


class Simulation:
    """One run. `calendar` says which days are worked, `start` is the first day.

    `tables` are the decision tables by key: they decide as they would. A fact that they ask for and nobody
    gives is drawn from their own cells, so that every rule has its turn.
    """

    def __init__(
        self,
        flow: Flow,
        *,
        staff: Staff,
        arrivals: Arrivals,
        calendar: Calendar,
        start: date,
        seed: int,
        tables: Mapping[str, Decision] | None = None,
    ) -> None:
        self.flow, self.staff, self.arrivals = flow, staff, arrivals
        self.tables = tables or {}
        self.days = WorkedDays(calendar, start)
        self.random = Random(seed)  # noqa: S311
        self.first = self.days.days[0]
        self.day = timedelta(hours=staff.hours)
        self.events: list[tuple[datetime, int, Any]] = []
        self.cases: list[SimulatedCase] = []
        self.queues: dict[str, deque[Place]] = defaultdict(deque)
        self.free: dict[str, list[datetime]] = {}
        self.nodes: dict[str, Tally] = defaultdict(Tally)
        self.pools: dict[str, Tally] = defaultdict(Tally)
        self.last = self._at_opening(self.first)
        self.number = 0

    def run(self, cases: int) -> SimulationReport:
        """Let so many cases come and follow them to their end. Error: TooLong."""
        self._let_come(cases)
        for _event in range(MOST_EVENTS):
            if not self.events:
                return self._report()
            at, _number, act = heapq.heappop(self.events)
            self.last = max(self.last, at)
            act(at)
        raise TooLong

    # time

    def _at_opening(self, day: date) -> datetime:
        return datetime.combine(day, OPENS)

    def _office(self, at: datetime) -> datetime:
        """The same moment, or the next at which the office is open."""
        if self.days.is_working(at.date()):
            opens = self._at_opening(at.date())
            if at < opens:
                return opens
            if at < opens + self.day:
                return at
        return self._at_opening(self.days.after(at.date()))

    def _work(self, at: datetime, minutes: float) -> datetime:
        """The moment at which so much office time is over."""
        at, left = self._office(at), timedelta(minutes=minutes)
        while left > (until := self._at_opening(at.date()) + self.day - at):
            left -= until
            at = self._at_opening(self.days.after(at.date()))
        return at + left

    def _days(self, begin: datetime, end: datetime) -> float:
        """Working days between two moments, in parts of a day."""
        begin, end = self._office(begin), self._office(end)
        if end <= begin:
            return 0.0
        whole = self.days.between(begin.date(), end.date())
        part = (end - self._at_opening(end.date())) - (begin - self._at_opening(begin.date()))
        return whole + part / self.day

    def _later(self, at: datetime, act: Any) -> None:
        self.number += 1
        heapq.heappush(self.events, (at, self.number, act))

    # arrivals

    def _let_come(self, cases: int) -> None:
        at = self._at_opening(self.first)
        for _case in range(cases):
            if self.arrivals.a_day:
                gap = self.random.expovariate(self.arrivals.a_day) * self.staff.hours * 60
                at = self._work(at, gap)
            elif self.arrivals.minutes:
                at = self._work(at, self.arrivals.minutes)
            self._later(at, self._come)

    def _come(self, at: datetime) -> None:
        values = {name: chosen(value, self.random) for name, value in self.staff.variables.items()}
        case = SimulatedCase(at, values)
        self.cases.append(case)
        self._move(case, self.flow.nodes[self.flow.start], "", at)

    # moving

    def _move(self, case: SimulatedCase, node: Node, outcome: str, at: datetime) -> None:
        keeper = getattr(node, "outcome_as", "")
        if keeper:
            case.values[keeper] = outcome
        ends = [place for place in case.places if isinstance(place.node, EndEvent)]
        parked = [Parked(one.node, "") for one in ends if isinstance(one.node, EndEvent)]
        move = advance(
            self.flow,
            node,
            outcome=outcome,
            values=case.values,
            staying=[place.scope for place in case.places if place not in ends],
            perform=self._perform,
            parked=parked[0] if parked else None,
        )
        self._follow(case, move, at)

    def _perform(self, node: ServiceTask | DecisionTask, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask a decision table; what an action gives is among the variables of the staff file."""
        table = self.tables.get(node.decision) if isinstance(node, DecisionTask) else None
        if table is None:
            return {}
        drawn = {
            name: self.random.choice(candidates)
            for name, candidates in facts_asked(table).items()
            if values.get(name) is None and candidates
        }
        return {**drawn, **evaluate(table, {**values, **drawn})}

    def _follow(self, case: SimulatedCase, move: Move, at: datetime) -> None:
        case.values = move.values
        if move.end is not None:
            for place in case.places:
                place.open = False
            case.places, case.ended = [], at
            return
        for node in move.opened:
            self._open(case, node, at)

    def _open(self, case: SimulatedCase, node: Node, at: datetime) -> None:
        if isinstance(node, UserTask) and node.several:
            places = self._round(case, node)
        else:
            places = [Place(case, node, node.scope, pool=self._pool_of(node))]
        case.places += places
        sequential = isinstance(node, UserTask) and node.several and node.several.sequential
        if sequential:
            places[0].later = places[1:]
        for timer in self.flow.timers.get(node.id, ()):
            first, due = places[0], self._due(timer.delay, at, case)
            self._later(due, lambda now, t=timer, p=first: self._ring(t, p, now))
        for place in places[:1] if sequential else places:
            self._begin(place, at)
            self._set_timeouts(place, at)

    def _set_timeouts(self, place: Place, at: datetime) -> None:
        """A task that nobody has taken up in time goes to the head, or to whom the flow names."""
        for timeout in place.node.timeouts if isinstance(place.node, UserTask) else ():
            if timeout.act is TimeoutAct.REMIND:
                continue
            pool = pool_of(timeout.performer) if timeout.performer else HEADS
            due = self._due(timeout.delay, at, place.case)
            self._later(due, lambda now, to=pool: self._hand_on(place, to, now))

    def _hand_on(self, place: Place, pool: str, at: datetime) -> None:
        if place.open and place.begun is None and place.pool != pool:
            place.pool = pool
            self.queues[pool].append(place)
            self._serve(pool, at)

    def _round(self, case: SimulatedCase, node: UserTask) -> list[Place]:
        several = node.several
        if several is None:
            return []
        case.groups += 1
        group = f"{node.id}/{case.groups}"
        performers = list(several.performers) or [Performer(PerformerKind.UNIT, "*")] * MEMBERS
        if several.members:
            performers = [one for one in performers for _n in range(self._number_in(pool_of(one)))]
        return [
            Place(case, node, step_into(node.scope, node.id, str(number)), group, pool_of(one))
            for number, one in enumerate(performers, 1)
        ]

    def _number_in(self, pool: str) -> int:
        return self.staff.people.get(pool, MEMBERS)

    def _pool_of(self, node: Node) -> str:
        seen = {node.id}
        while isinstance(node, UserTask):
            if node.performer.kind is not PerformerKind.SAME or node.performer.value in seen:
                return pool_of(node.performer)
            seen.add(node.performer.value)
            node = self.flow.nodes[node.performer.value]
        return ""

    def _begin(self, place: Place, at: datetime) -> None:
        place.came = at
        node = place.node
        if isinstance(node, EndEvent):
            return
        if isinstance(node, UserTask) and place.pool not in ("applicant", "starter"):
            self.queues[place.pool].append(place)
            self._serve(place.pool, at)
            return
        if isinstance(node, CatchEvent) and node.delay is not None:
            until = self._due(node.delay, at, place.case)
        else:
            kind = node.wait.value if isinstance(node, CatchEvent) else place.pool
            usual = WaitKind.CASE.value if isinstance(node, CallActivity) else kind
            days = self.staff.waits.get(node.id, self.staff.waits.get(usual, USUAL_WAIT))
            until = at + timedelta(days=days * self.random.uniform(0.5, 1.5))
        self._later(until, lambda now: self._answered(place, now))

    def _answered(self, place: Place, at: datetime) -> None:
        """Somebody or something outside has answered: the time until then counts as suspended."""
        if not place.open:
            return
        tally = self.nodes[place.node.id]
        tally.visits += 1
        tally.suspended += self._days(place.came, at)
        self._done(place, at)

    def _due(self, delay: Delay, at: datetime, case: SimulatedCase) -> datetime:
        """The moment at which a timer rings; one for a date that nobody gave takes the usual wait."""
        if delay.working_days:
            day = self.days.after(at.date(), delay.working_days)
            return datetime.combine(day, at.time())
        if delay.is_span:
            return at + delay.span
        moment = read_moment(delay.moment or str(case.values.get(delay.variable) or ""))
        if moment is None:
            return at + timedelta(days=USUAL_WAIT)
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment + timedelta(days=1), time())
        return max(at, moment.replace(tzinfo=None))

    # people

    def _serve(self, pool: str, at: datetime) -> None:
        """Give the first in the queue to whoever of the pool is free."""
        people = self.free.setdefault(pool, [datetime.min] * max(1, self.staff.people.get(pool, 1)))
        queue = self.queues[pool]
        while queue:
            if not queue[0].open or queue[0].pool != pool:
                queue.popleft()
                continue
            person = min(range(len(people)), key=people.__getitem__)
            if people[person] > at:
                return
            self._take(queue.popleft(), people, person, at)

    def _take(self, place: Place, people: list[datetime], person: int, at: datetime) -> None:
        begin = self._office(at)
        while self.staff.absent and self.random.random() < self.staff.absent:
            begin = self._at_opening(self.days.after(begin.date()))
        usual = self.staff.work.get("*", USUAL_WORK)
        minutes = self.staff.work.get(place.node.id, usual) * self.random.uniform(0.5, 1.5)
        end = self._work(begin, minutes)
        people[person], place.begun = end, begin
        for tally in (self.nodes[place.node.id], self.pools[place.pool]):
            tally.visits += 1
            tally.queue += self._days(place.came, begin)
            tally.work += self._days(begin, end)
        self._later(end, lambda now: self._worked(place, now))

    def _worked(self, place: Place, at: datetime) -> None:
        if place.open:
            self._done(place, at)
        self._serve(place.pool, at)

    # what follows

    def _done(self, place: Place, at: datetime) -> None:
        outcome, case = self._outcome(place.node), place.case
        self._close(place)
        if not place.group or not isinstance(place.node, UserTask) or place.node.several is None:
            self._move(case, place.node, outcome, at)
            return
        votes = case.votes[place.group]
        votes.append(outcome)
        waiting = [one for one in case.places if one.group == place.group]
        several, codes = place.node.several, place.node.outcome_codes
        result = decide(several, given=votes, waiting=len(waiting), declared=codes)
        if result is not None:
            for one in waiting:
                self._close(one)
            self._move(case, place.node, result, at)
        elif place.later:
            place.later[0].later = place.later[1:]
            self._begin(place.later[0], at)

    def _close(self, place: Place) -> None:
        place.open = False
        place.case.places.remove(place)

    def _outcome(self, node: Node) -> str:
        codes = node.outcome_codes if isinstance(node, UserTask) else ()
        shares = self.staff.outcomes.get(node.id)
        if shares:
            return self.random.choices(list(shares), list(shares.values()))[0]
        return codes[0] if codes else "done"

    def _ring(self, timer: BoundaryTimer, first: Place, at: datetime) -> None:
        case = first.case
        alive = [one for one in case.places if one is first or (first.group and one.group == first.group)]
        if not alive:
            return
        if timer.interrupting:
            for place in alive:
                self._close(place)
        elif any(
            inside(one.scope, step_into(timer.scope, timer.id, timer.outgoing[0].id)) for one in case.places
        ):
            return
        self._move(case, timer, "", at)

    # the end

    def _report(self) -> SimulationReport:
        span = max(self._days(self._at_opening(self.first), self.last), 0.01)
        people = {pool: len(free) for pool, free in self.free.items()}
        took = [self._days(case.came, case.ended) for case in self.cases if case.ended]
        return report_of(self.flow, self.cases, took, self.nodes, self.pools, people, span)
