"""A bad rating from the first word to the return visit, by the right people only (差评整改, 申诉, 投诉)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock.models import Clock
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.kernel.rules.api import RuleValueWrong, VersionDraft, add_version
from jingkai.kernel.rules.models import Rule
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import RatedMatter, RatingLevel
from jingkai.modules.approvals.testing import Hall, moment, small_file
from jingkai.modules.evaluations import operations, rules
from jingkai.modules.evaluations.data import Visit, Words
from jingkai.modules.evaluations.models import Complaint, Evaluation, Invitation, Rectification
from jingkai.modules.evaluations.operations.appealing import CannotAppeal, CannotRecheck
from jingkai.modules.evaluations.operations.complaining import ComplainedAlready
from jingkai.modules.evaluations.operations.giving import LinkExpired, LinkUnknown, RatedAlready, WrongReason
from jingkai.modules.evaluations.operations.rectifying import MeasuresMissing, NotByThese, VisitWords
from jingkai.records.files import api as files

pytestmark = pytest.mark.django_db

AT = "2026-03-10 09:00"


def play(hall: Hall) -> None:
    """The zone's terms and reasons, and a finished matter, reached the short way."""
    operations.seed_evaluations(by=SYSTEM, at=moment("2026-01-05 09:00"))
    matter = hall.played["refused"] = hall.bring_to("submitted")
    hall.refuse(matter, "不属于受理范围。", at="2026-03-03 10:00")


HALL_AT = play
"""Each test finds the matter refused; it has rated nothing yet."""


@pytest.fixture
def opened(hall: Hall) -> Hall:
    """The hall with the refused matter."""
    return hall


def refused(hall: Hall) -> RatedMatter:
    """The finished matter."""
    return approvals.rated_matter(application_id=hall.played["refused"].pk)


def rated(hall: Hall, level: int = 1, **words: Any) -> Evaluation:
    """A rating of a refused matter by the enterprise's handler."""
    return operations.rate_matter(
        matter=refused(hall),
        words=Words(level=level, **words),
        by=hall.actor("handler", AT),
        at=moment(AT),
    )


def task_of(case: Case, node: str) -> Task:
    return Task.objects.select_related("case__flow_version").get(case=case, node_id=node, state="open")


def put_right(hall: Hall, found: Rectification, *, by: str = "approval_head", at: str = AT) -> None:
    upload = files.receive_bytes(small_file("pdf"), name="整改情况.pdf")
    operations.record_measures(
        task=task_of(found.case, "handle"),
        measures="已向当事人说明不予受理的法定理由，并补充一次性告知清单。",
        evidence=(upload,),
        by=hall.actor(by, at),
        at=moment(at),
    )


def ask_again(hall: Hall, found: Rectification, answer: str, *, by: str = "clerk_2", at: str = AT) -> None:
    operations.record_visit(
        task=task_of(found.case, "visit"),
        said=VisitWords(way="phone", answer=answer, words="可以接受。", new_level=4),
        by=hall.actor(by, at),
        at=moment(at),
    )


def test_good_rating_opens_nothing(opened: Hall) -> None:
    evaluation = rated(opened, 3, reasons=("explained",), comment="说得清楚")
    assert (evaluation.level, evaluation.reasons, evaluation.channel) == (3, ["explained"], "online")
    assert evaluation.publication == "waiting"
    assert not Rectification.objects.exists()
    assert approvals.rated_matter(application_id=evaluation.matter or 0).level == 3


def test_bad_rating_opens_a_case_with_the_head_and_a_clock(opened: Hall) -> None:
    evaluation = rated(opened, 2, reasons=("no_reason",))
    found = evaluation.rectification
    task = task_of(found.case, "handle")
    assert task.assignee_id == opened.cast.person("approval_head").pk
    clock = Clock.objects.get(label="差评整改")
    assert clock.limit["amount"] == 10
    assert found.due_on == clock.due_on
    told = set(Notice.objects.values_list("kind", flat=True))
    assert {"bad_rating", "rectification_opened"} <= told


def test_days_of_a_rectification_are_a_rule_between_five_and_fifteen(opened: Hall) -> None:
    rule = Rule.objects.get(kind=rules.TERMS)
    draft = {"rectification_days": 5, "link_days": 30, "appeal_days": 5, "visitors": "unit:approval"}
    with pytest.raises(RuleValueWrong):
        write(rule, {**draft, "rectification_days": 16})
    write(rule, draft)
    assert Clock.objects.get(pk=clock_of(rated(opened))).limit["amount"] == 5


def write(rule: Rule, value: dict[str, object]) -> None:
    draft = VersionDraft(starts_on=date(2026, 2, 1), value=value, source="本区规定")
    add_version(
        rule_id=rule.pk, seen_version=rule.version, draft=draft, by=SYSTEM, at=moment("2026-02-01 09:00")
    )


def clock_of(evaluation: Evaluation) -> int:
    return cases.list_clocks(evaluation.rectification.case_id)[0].clock_id


def test_rectification_goes_round_until_the_rater_is_satisfied(opened: Hall) -> None:
    found = rated(opened).rectification
    put_right(opened, found)
    ask_again(opened, found, "dissatisfied")
    found.refresh_from_db()
    assert (found.state, found.rounds) == ("handling", 2)
    put_right(opened, found, at="2026-03-11 09:00")
    ask_again(opened, found, "satisfied", at="2026-03-12 09:00")
    found.refresh_from_db()
    assert (found.state, found.outcome) == ("closed", "satisfied")
    assert Case.objects.get(pk=found.case_id).state == "closed"
    assert Clock.objects.get(pk=clock_of(found.evaluation)).state == "stopped"
    assert [one.answer for one in found.evaluation.visits.all()] == ["dissatisfied", "satisfied"]
    assert Notice.objects.filter(kind="rectification_closed").exists()


def test_measures_without_words_are_refused(opened: Hall) -> None:
    found = rated(opened).rectification
    with pytest.raises(MeasuresMissing):
        operations.record_measures(
            task=task_of(found.case, "handle"),
            measures=" ",
            evidence=(),
            by=opened.actor("approval_head", AT),
            at=moment(AT),
        )


@pytest.mark.parametrize("who", ["approval_head", "clerk"])
def test_nobody_concerned_asks_again(opened: Hall, who: str) -> None:
    """The head put it right; the clerk refused the matter and was rated."""
    found = rated(opened).rectification
    put_right(opened, found)
    with pytest.raises(NotByThese):
        ask_again(opened, found, "satisfied", by=who)
    assert not found.evaluation.visits.exists()


@pytest.mark.parametrize("who", ["officer_fire", "clerk", "handler", "leader"])
def test_nobody_but_the_head_puts_it_right(opened: Hall, who: str) -> None:
    found = rated(opened).rectification
    with pytest.raises(PersonFacingError):
        put_right(opened, found, by=who)


def test_rating_twice_is_refused_in_words(opened: Hall) -> None:
    evaluation = rated(opened, 5)
    matter = approvals.rated_matter(application_id=evaluation.matter or 0)
    with pytest.raises(RatedAlready) as refusal:
        operations.rate_matter(
            matter=matter, words=Words(level=1), by=opened.actor("handler", AT), at=moment(AT)
        )
    assert str(refusal.value)
    assert Evaluation.objects.get().level == 5
    assert not Rectification.objects.exists()


def test_reasons_are_those_of_the_level(opened: Hall) -> None:
    with pytest.raises(WrongReason):
        rated(opened, 5, reasons=("slow",))
    assert not Evaluation.objects.exists()


def test_rating_given_in_the_matter_itself_is_taken_over_once(opened: Hall) -> None:
    matter = refused(opened)
    approvals.rate_service(
        application=approvals.get_by_case(case_id=matter.case_id),
        level=RatingLevel.VERY_DISSATISFIED,
        reasons=[],
        comment="",
        by=opened.actor("handler", AT),
        at=moment(AT),
    )
    run_jobs()
    number = matter.application_id
    operations.take_over_rating(application_id=number, at=moment(AT))
    assert Evaluation.objects.get().matter == number
    assert Rectification.objects.count() == 1


def invited(hall: Hall) -> Invitation:
    found = operations.invite_to_rate_matter(
        application_id=refused(hall).application_id,
        by=SYSTEM,
        at=moment(AT),
    )
    assert found is not None
    return found


def test_link_rates_once_without_an_account(opened: Hall) -> None:
    code = rules.code_of(invited(opened).pk)
    evaluation = operations.rate_by_code(code=code, words=Words(level=2), at=moment("2026-03-11 09:00"))
    assert (evaluation.channel, evaluation.level) == ("link", 2)
    assert approvals.rated_matter(application_id=evaluation.matter or 0).level == 2
    with pytest.raises(RatedAlready):
        operations.rate_by_code(code=code, words=Words(level=5), at=moment("2026-03-12 09:00"))


def test_link_ends_on_its_day_and_cannot_be_guessed(opened: Hall) -> None:
    found = invited(opened)
    code = rules.code_of(found.pk)
    with pytest.raises(LinkExpired):
        operations.rate_by_code(code=code, words=Words(level=2), at=moment("2026-06-11 09:00"))
    number, _dash, signature = code.partition("-")
    for wrong in (f"{found.pk + 1:x}-{signature}", f"{number}-{signature[::-1]}", "x", "", f"{number}-"):
        with pytest.raises(LinkUnknown):
            operations.rate_by_code(code=wrong, words=Words(level=2), at=moment(AT))
    assert not Evaluation.objects.exists()


def test_link_is_sent_once(opened: Hall) -> None:
    first = invited(opened)
    again = operations.invite_to_rate_matter(application_id=first.matter or 0, by=SYSTEM, at=moment(AT))
    assert again == first
    assert Notice.objects.filter(kind="evaluation_link").count() == 1


def test_visit_is_rated_once_per_ticket(opened: Hall) -> None:
    visit = Visit(ticket="20260310-A001", service="咨询", unit_id=opened.cast.unit("approval"))
    clerk = opened.actor("clerk", AT)
    first = operations.invite_to_rate_visit(visit=visit, by=clerk, at=moment(AT))
    assert operations.invite_to_rate_visit(visit=visit, by=clerk, at=moment(AT)) == first
    code = rules.code_of(first.pk)
    evaluation = operations.rate_by_code(code=code, words=Words(level=1), at=moment(AT))
    assert (evaluation.channel, evaluation.ticket, evaluation.matter) == ("onsite", visit.ticket, None)
    assert evaluation.rectification.state == "handling"
    with pytest.raises(RatedAlready):
        operations.rate_by_code(code=code, words=Words(level=1), at=moment(AT))


def test_appeal_takes_a_rating_out_of_the_count(opened: Hall) -> None:
    evaluation = rated(opened)
    head, leader = opened.actor("approval_head", AT), opened.actor("leader", AT)
    operations.appeal_rating(evaluation=evaluation, reason="不属于本部门职责。", by=head, at=moment(AT))
    evaluation = Evaluation.objects.select_related("appeal").get(pk=evaluation.pk)
    with pytest.raises(CannotRecheck):
        operations.decide_appeal(evaluation=evaluation, counts=False, reason="是", by=head, at=moment(AT))
    operations.decide_appeal(
        evaluation=evaluation, counts=False, reason="评价对象不符。", by=leader, at=moment(AT)
    )
    evaluation.refresh_from_db()
    assert not evaluation.counted
    assert evaluation.rectification.state == "uncounted"
    assert Case.objects.get(pk=evaluation.rectification.case_id).state == "void"
    with pytest.raises(CannotRecheck):
        operations.decide_appeal(evaluation=evaluation, counts=True, reason="否", by=leader, at=moment(AT))


@pytest.mark.parametrize(
    ("who", "at"), [("head_fire", AT), ("clerk", AT), ("approval_head", "2026-03-16 09:00")]
)
def test_appeal_is_the_rated_units_in_time(opened: Hall, who: str, at: str) -> None:
    evaluation = rated(opened)
    with pytest.raises(CannotAppeal):
        operations.appeal_rating(
            evaluation=evaluation, reason="不是", by=opened.actor(who, at), at=moment(at)
        )


def test_complaint_is_a_case_with_a_supervisor(opened: Hall) -> None:
    evaluation = rated(opened, 2)
    handler = opened.actor("handler", AT)
    found = operations.open_complaint(evaluation=evaluation, text="窗口推诿。", by=handler, at=moment(AT))
    with pytest.raises(ComplainedAlready):
        operations.open_complaint(evaluation=evaluation, text="再说一次", by=handler, at=moment(AT))
    task = task_of(found.case, "answer")
    holder = next(
        who for who in ("leader", "deputy_director") if opened.cast.person(who).pk == task.assignee_id
    )
    operations.answer_complaint(task=task, reply="已核实并道歉。", by=opened.actor(holder, AT), at=moment(AT))
    assert Complaint.objects.get().reply == "已核实并道歉。"
    assert Case.objects.get(pk=found.case_id).state == "closed"
    assert Notice.objects.filter(kind="complaint_answered").exists()


def test_stranger_does_not_complain_from_anothers_rating(opened: Hall) -> None:
    evaluation = rated(opened, 2)
    with pytest.raises(PersonFacingError):
        operations.open_complaint(
            evaluation=evaluation, text="…", by=opened.actor("stranger", AT), at=moment(AT)
        )
    operations.open_complaint(evaluation=evaluation, text="凭链接投诉", by=VISITOR, at=moment(AT))


def test_nameless_rating_names_nobody_in_the_case(opened: Hall) -> None:
    evaluation = rated(opened, 1, anonymous=True)
    case = evaluation.rectification.case
    assert evaluation.reference not in case.title
    assert (case.applicant_id, case.starter_id) == (None, None)
