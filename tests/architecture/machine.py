"""Everything that people can do to matters, in any order: the machine that `test_machine` lets run.

Each rule is one act of the public doors of cases, clocks, numbers and delegations, done by somebody drawn
at random, sometimes by who may and sometimes by anybody. Whatever is refused must leave every row as it was;
after every step the rows must agree with the trail, with each other and with arithmetic done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.models import Case, Reading, Task, Timer
from jingkai.casework.cases.testing import NOW, publish_drawing
from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.models import Clock
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import actor_for_person, delegate
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.records.numbering import api as numbering
from tests.architecture.standing import FLOWS, PEOPLE, SERIES, TABLES, Standing, due_timer, fingerprint

LIMIT = clocks.LimitValue(
    amount=8,
    extend_max=5,
    extend_by=clocks.Approver.ORGAN_HEAD.value,
    exclusions=(clocks.Exclusion("expert_review", cap=20),),
)
MOST_CASES = 3
who = st.sampled_from(PEOPLE)
which = st.integers(0, 9)
rightly = st.sampled_from([True, True, True, False])
outcome = st.sampled_from(["agree", "agree", "agree", "object", "done"])


class Casework(Standing):
    """A few matters, a dozen people, and time that only goes forward."""

    def __init__(self, cast: Cast, done: Counter[str]) -> None:
        super().__init__()
        self.cast, self.done = cast, done
        self.at = NOW
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        """Take everything back."""
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def draw(self) -> None:
        """Publish the flows and the series of numbers."""
        for key, text in FLOWS.items():
            publish_drawing(key, text)
        numbering.seed_series(
            key=SERIES,
            name="办件",
            name_en="Matter",
            pattern="M{year}-{n:04}",
            starts_on=timezone.localdate(NOW - timedelta(days=400)),
            source="test",
            by=SYSTEM,
            at=NOW,
        )
        for key in FLOWS:
            self.begin(key, "clerk", taken=False)

    # Who, what, when

    def task(self, number: int, *states: str) -> Task | None:
        """One of the tasks on which people work."""
        rows = list(
            Task.objects.filter(kind=TaskKind.WORK, state__in=states or ("open",)).order_by("case_id", "pk")
        )
        return rows[number % len(rows)] if rows else None

    def case(self, number: int) -> Case:
        """One of the matters."""
        rows = list(Case.objects.order_by("pk"))
        return rows[number % len(rows)]

    def fit(self, task: Task, name: str, rightly: bool) -> Actor:
        """Somebody in whose hands a task is, if it shall be done rightly; else whoever was drawn."""
        people = [self.actor(one) for one in PEOPLE] if rightly else []
        fitting = [
            one
            for one in people
            if task.assignee_id in (one.party_id, *one.on_behalf_of)
            or (task.assignee_id is None and task.pool_id in one.pools)
        ]
        return fitting[0] if fitting else self.actor(name)

    def do(self, act: str, call: Callable[[], Any]) -> Any:
        """Do one act; a refusal must have left every row as it was."""
        before = fingerprint()
        try:
            found = call()
        except PersonFacingError as error:
            refusal = type(error).__name__
        else:
            self.done[act] += 1
            return found
        self.done[f"{act} refused"] += 1
        after = fingerprint()
        changed = [table for table in TABLES if before[table] != after[table]]
        assert not changed, f"{act}: {refusal} left something in {changed}"
        return None

    # Matters begin and end

    @precondition(lambda self: Case.objects.count() < MOST_CASES)
    @rule(key=st.sampled_from(sorted(FLOWS)), name=who, taken=st.booleans())
    def start(self, key: str, name: str, taken: bool) -> None:
        """Begin a matter under the next number; a number that is taken begins none, and none is used up."""
        self.begin(key, name, taken=taken)

    def begin(self, key: str, name: str, *, taken: bool) -> None:
        """Begin a matter with its clock."""
        by = self.actor(name)
        last = Case.objects.order_by("-pk").values_list("reference", flat=True).first()

        @transaction.atomic
        def numbered() -> Case:
            number = numbering.next_number(series=SERIES, at=self.at, by=by)
            reference = last if taken and last else number.text
            return cases.start_case(
                flow_key=key, kind="machine", title="事项", reference=reference, by=by, at=self.at
            )

        case = self.do("start", numbered)
        if case is not None:
            clock = clocks.start_clock(limit=LIMIT, label="8日", by=by, at=self.at)
            cases.attach_clock(case=case, key="fire", clock=clock, by=by, at=self.at)

    @precondition(lambda self: Case.objects.exists())
    @rule(number=which, name=who, rightly=rightly)
    def withdraw(self, number: int, name: str, rightly: bool) -> None:
        """Take a matter back."""
        case = self.case(number)
        by = self.starter(case, name, rightly)
        self.do("withdraw", lambda: cases.withdraw_case(case=case, by=by, at=self.at))

    @precondition(lambda self: Case.objects.exists())
    @rule(number=which, name=who, rightly=rightly)
    def resubmit(self, number: int, name: str, rightly: bool) -> None:
        """Take it up again."""
        case = self.case(number)
        by = self.starter(case, name, rightly)
        self.do("resubmit", lambda: cases.resubmit_case(case=case, by=by, at=self.at))

    def starter(self, case: Case, name: str, rightly: bool) -> Actor:
        """Whoever began a matter, or somebody else."""
        return (
            actor_for_person(case.starter_id, timezone.localdate(self.at))
            if rightly and case.starter_id
            else self.actor(name)
        )

    @precondition(lambda self: Case.objects.count() == MOST_CASES)
    @rule(number=which, name=who)
    def void(self, number: int, name: str) -> None:
        """Void a matter, which nobody here has the right to; the system has."""
        case = self.case(number)
        by = SYSTEM if name == "stranger" else self.actor(name)
        self.do("void", lambda: cases.void_case(case=case, reason="误立", by=by, at=self.at))

    # Work on tasks

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, rightly=rightly, outcome=outcome)
    def decide(self, number: int, name: str, rightly: bool, outcome: str) -> None:
        """Finish a task, with a word on it."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        self.do(
            "decide",
            lambda: cases.complete_task(task=task, outcome=outcome, opinion="意见", by=by, at=self.at),
        )

    @precondition(lambda self: self.task(0) is not None)
    @rule(name=who, outcome=outcome)
    def batch(self, name: str, outcome: str) -> None:
        """Finish all at once; what is refused is named, what is done is done once."""
        by = self.actor(name)
        tasks = list(Task.objects.filter(kind=TaskKind.WORK, state="open").order_by("pk"))

        def all_at_once() -> None:
            found = cases.complete_tasks(tasks=tasks, outcome=outcome, by=by, at=self.at)
            assert sorted([*found.done, *(pk for pk, _why in found.refused)]) == [one.pk for one in tasks]
            for pk in found.done:
                assert Task.objects.get(pk=pk).state == "done"

        self.do("batch", all_at_once)

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, rightly=rightly)
    def claim(self, number: int, name: str, rightly: bool) -> None:
        """Take a task out of a pool."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        self.do("claim", lambda: cases.claim_task(task=task, by=by, at=self.at))

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, rightly=rightly)
    def release(self, number: int, name: str, rightly: bool) -> None:
        """Put it back."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        self.do("release", lambda: cases.release_task(task=task, reason="退回", by=by, at=self.at))

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, to=who, rightly=rightly)
    def transfer(self, number: int, name: str, to: str, rightly: bool) -> None:
        """Give it to somebody else."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        person = self.cast.person(to)
        self.do(
            "transfer", lambda: cases.transfer_task(task=task, to=person, reason="转办", by=by, at=self.at)
        )

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, to=who, rightly=rightly)
    def entrust(self, number: int, name: str, to: str, rightly: bool) -> None:
        """Ask somebody for an opinion."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        person = self.cast.person(to)
        self.do("entrust", lambda: cases.entrust_task(task=task, to=person, by=by, at=self.at))

    @precondition(lambda self: self.entrusted() is not None)
    @rule(name=who, rightly=rightly, back=st.booleans())
    def answer(self, name: str, rightly: bool, back: bool) -> None:
        """Give the opinion, or have it taken back by who asked."""
        task = self.entrusted()
        assert task is not None
        if back:
            owner = actor_for_person(task.owner_id or 0, timezone.localdate(self.at))
            by = owner if rightly else self.actor(name)
            self.do("take back", lambda: cases.take_back_task(task=task, by=by, at=self.at))
            return
        by = self.fit(task, name, rightly)
        self.do("answer", lambda: cases.return_task(task=task, opinion="同意", by=by, at=self.at))

    def entrusted(self) -> Task | None:
        """A task on which somebody was asked for an opinion."""
        return Task.objects.filter(state="open", owner__isnull=False).order_by("pk").first()

    @precondition(lambda self: self.task(0) is not None)
    @rule(
        number=which, name=who, to=who, where=st.sampled_from(["before", "beside", "after"]), rightly=rightly
    )
    def sign_too(self, number: int, name: str, to: str, where: str, rightly: bool) -> None:
        """Ask for a further signer."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        person = self.cast.person(to)
        self.do("add signer", lambda: cases.add_signer(task=task, to=person, where=where, by=by, at=self.at))

    @precondition(lambda self: Task.objects.filter(state__in=("open", "planned")).exclude(added="").exists())
    @rule(number=which, name=who, rightly=rightly)
    def sign_not(self, number: int, name: str, rightly: bool) -> None:
        """Take a signer off."""
        rows = list(Task.objects.filter(state__in=("open", "planned")).exclude(added="").order_by("pk"))
        task = rows[number % len(rows)]
        asked = rightly and task.added_by_id
        by = actor_for_person(task.added_by_id, timezone.localdate(self.at)) if asked else self.actor(name)  # type: ignore[arg-type]
        self.do("remove signer", lambda: cases.remove_signer(task=task, by=by, at=self.at))

    @precondition(lambda self: self.task(0, "done") is not None)
    @rule(number=which, name=who, rightly=rightly)
    def recall(self, number: int, name: str, rightly: bool) -> None:
        """Take back a finished step."""
        rows = list(Task.objects.filter(state="done", kind=TaskKind.WORK).order_by("-pk"))
        task = rows[number % min(len(rows), 3)]
        mine = rightly and task.closed_by_id
        by = actor_for_person(task.closed_by_id, timezone.localdate(self.at)) if mine else self.actor(name)  # type: ignore[arg-type]
        self.do("recall", lambda: cases.recall_step(task=task, by=by, at=self.at))

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, rightly=rightly)
    def send_back(self, number: int, name: str, rightly: bool) -> None:
        """Send a task back to an earlier step, or to one that is none."""
        task = self.open(number)
        by = self.fit(task, name, rightly)
        targets = cases.send_back_targets(task)
        node = targets[number % len(targets)].node if targets else "sign"
        self.do(
            "send back", lambda: cases.send_back(task=task, to_node=node, reason="重审", by=by, at=self.at)
        )

    @rule(name=who, to=who, leaver=who)
    def hand_over(self, name: str, to: str, leaver: str) -> None:
        """Somebody leaves; what they hold goes to another."""
        by = self.actor(name)
        person, heir = self.cast.person(leaver), self.cast.person(to)
        self.do("hand over", lambda: cases.hand_over(person=person.pk, to=heir, by=by, at=self.at))

    @rule(giver=who, taker=who, days=st.integers(0, 4))
    def delegate(self, giver: str, taker: str, days: int) -> None:
        """Somebody stands in for another from today on."""
        today = timezone.localdate(self.at)
        by, one, other = self.actor(giver), self.cast.person(giver), self.cast.person(taker)
        self.do(
            "delegate",
            lambda: delegate(
                from_person=one,
                to_person=other,
                starts_on=today,
                ends_on=today + timedelta(days=days),
                reason="出差",
                by=by,
                at=self.at,
            ),
        )

    @precondition(lambda self: self.task(0) is not None)
    @rule(number=which, name=who, to=who)
    def urge_and_circulate(self, number: int, name: str, to: str) -> None:
        """Ask to hurry, and give the matter to somebody to read, who reads it."""
        task, by = self.open(number), self.actor(name)
        self.do("urge", lambda: cases.urge_task(task=task, by=by, at=self.at))
        reader = self.cast.person(to)
        case = task.case
        if self.do("circulate", lambda: cases.circulate(case=case, to=[reader], by=by, at=self.at)):
            reading = Reading.objects.get(case=case, reader=reader.pk)
            self.do("read by another", lambda: cases.mark_read(reading=reading, by=by, at=self.at))

    def open(self, number: int) -> Task:
        """One of the open tasks; the rule's condition says that there is one."""
        found = self.task(number)
        assert found is not None
        return found

    # Clocks and time

    @precondition(lambda self: Clock.objects.exists())
    @rule(
        number=which,
        name=who,
        act=st.sampled_from(["suspend", "resume", "extend", "stop"]),
        days=st.integers(0, 6),
    )
    def clock(self, number: int, name: str, act: str, days: int) -> None:
        """Hold a clock, let it run on, give it more days, end it."""
        rows = list(Clock.objects.order_by("pk"))
        row, by = rows[number % len(rows)], self.actor(name)
        calls = {
            "suspend": lambda: clocks.suspend_clock(
                clock=row, reason="expert_review", basis="评审通知", by=by, at=self.at
            ),
            "resume": lambda: clocks.resume_clock(clock=row, by=by, at=self.at),
            "extend": lambda: clocks.extend_clock(
                clock=row,
                days=days,
                approver=clocks.Approver.ORGAN_HEAD.value,
                reason="案情复杂",
                basis="第四十二条",
                by=by,
                at=self.at,
            ),
            "stop": lambda: clocks.stop_clock(clock=row, outcome="ended", by=by, at=self.at),
        }
        if self.do(act, calls[act]) is not None:
            cases.refresh_clock(clock=row, at=self.at)

    @rule(hours=st.sampled_from([1, 5, 24, 72, 200]))
    def wait(self, hours: int) -> None:
        """Time goes by; what is due goes off, at its own moment, and a second time does nothing."""
        until = self.at + timedelta(hours=hours)
        while (timer := due_timer(until)) is not None:
            moment = max(self.at, timer.due_at)
            assert cases.fire_timer(timer_id=timer.pk, at=moment)
            assert not cases.fire_timer(timer_id=timer.pk, at=moment)
            self.done["timer"] += 1
        self.at = until
        over = Timer.objects.filter(due_at__lte=until, fired_at=None, lapsed_at=None, held=False)
        for pk in over.filter(task__state__in=("done", "cancelled")).values_list("pk", flat=True):
            assert not cases.fire_timer(timer_id=pk, at=until), "a task that is over goes off"
        for row in Clock.objects.filter(suspended_until__lte=timezone.localdate(self.at)):
            if clocks.end_capped_hold(clock=row, by=SYSTEM, at=self.at) is not None:
                cases.refresh_clock(clock=row, at=self.at)
