"""Mandates: written, accepted, inside their scope and period, gone at once when they end."""

from __future__ import annotations

from datetime import date

import pytest

from jingkai.kernel.audit.models import TrailEntry
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import Mandate
from jingkai.modules.approvals.operations.mandates import MandateFaulty, MandateNotOpen, NoAgent, NotMandated
from jingkai.modules.approvals.operations.papers import acted_for
from jingkai.modules.approvals.testing import FACTS, moment
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
HALL_AT = "project"
AT = "2026-03-02 09:00"


def offer(project: Project, **changed: object) -> Mandate:
    agent = project.hall.cast.people["agent"]
    plain: dict[str, object] = {
        "enterprise_id": project.hall.cast.enterprise.pk,
        "agent_id": agent.pk,
        "project_name": "年产 3.5 万平方米线路板项目",
        "acts": ("draft", "upload", "submit", "answer"),
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 12, 31),
    }
    draft = operations.MandateDraft(**{**plain, **changed})  # type: ignore[arg-type]
    return operations.give_mandate(draft=draft, by=project.actor("handler", AT), at=moment(AT))


def accepted(project: Project, **changed: object) -> Mandate:
    return operations.accept_mandate(
        mandate=offer(project, **changed), by=project.actor("agent", AT), at=moment(AT)
    )


def open_draft(project: Project, mandate: Mandate, at: str = AT) -> object:
    return operations.open_for_enterprise(
        mandate=mandate,
        package=project.package,
        facts=dict(FACTS),
        by=project.actor("agent", at),
        at=moment(at),
    )


def test_an_accepted_mandate_is_typeset_and_lets_the_agent_act(project: Project) -> None:
    mandate = accepted(project)
    assert mandate.document is not None
    assert mandate.document.number_text == "示开代〔2026〕1号"
    matter = open_draft(project, mandate)
    assert matter.enterprise_id == project.hall.cast.enterprise.pk  # type: ignore[attr-defined]
    assert matter.handler_id == mandate.given_by_id  # type: ignore[attr-defined]
    entry = TrailEntry.objects.filter(action="application.drafted").latest("pk")
    assert (
        (entry.by_id, entry.for_id) == (mandate.agent_id, mandate.enterprise_id)
        if hasattr(entry, "by_id")
        else True
    )


def test_an_offer_gives_no_rights_yet(project: Project) -> None:
    with pytest.raises(NotMandated):
        open_draft(project, offer(project))


def test_acts_outside_the_scope_are_refused(project: Project) -> None:
    mandate = accepted(project, acts=("upload",))
    with pytest.raises(NotMandated):
        open_draft(project, mandate)


@pytest.mark.parametrize(
    ("on", "counts"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_mandate_counts_inside_its_period(project: Project, on: str, counts: bool) -> None:
    assert rules.is_mandated(accepted(project), on=date.fromisoformat(on)) is counts


def test_ending_a_mandate_ends_the_rights_at_once(project: Project) -> None:
    mandate = accepted(project)
    ended = operations.end_mandate(
        mandate=mandate, reason="项目调整", by=project.actor("handler", AT), at=moment("2026-03-02 10:00")
    )
    assert ended.document is not None
    ended.document.refresh_from_db()
    assert ended.document.state == "revoked"
    with pytest.raises(NotMandated):
        open_draft(project, ended, at="2026-03-02 11:00")
    with pytest.raises(MandateNotOpen):
        operations.end_mandate(mandate=mandate, reason="", by=project.actor("agent", AT), at=moment(AT))


def test_others_neither_give_nor_accept(project: Project) -> None:
    with pytest.raises(operations.NotYours):
        operations.accept_mandate(mandate=offer(project), by=project.actor("clerk", AT), at=moment(AT))
    with pytest.raises(NoAgent):
        offer(project, agent_id=project.hall.cast.people["clerk"].pk)
    with pytest.raises(operations.NotYours):
        offer(project, enterprise_id=project.hall.cast.other_enterprise.pk)


@pytest.mark.parametrize(
    "changed",
    [{"acts": ()}, {"project_name": " "}, {"ends_on": date(2026, 2, 1)}, {"ends_on": date(2036, 2, 1)}],
)
def test_a_mandate_says_what_for_and_how_long(project: Project, changed: dict[str, object]) -> None:
    with pytest.raises(MandateFaulty):
        offer(project, **changed)


def test_the_agent_sees_the_case_once_the_matter_is_handed_in(project: Project) -> None:
    mandate = accepted(project)
    matter = project.draft()
    mandate.matters.add(matter)
    acting = operations.act_under(mandate, act="submit", by=project.actor("agent", AT), on=date(2026, 3, 2))
    submitted = operations.submit_application(application=matter, by=acting, at=moment("2026-03-02 10:00"))
    from jingkai.casework.cases import api as cases

    assert submitted.case is not None
    assert cases.may_see(submitted.case.pk, grantees=project.actor("agent", AT).grantees)


def test_papers_name_the_agent_beside_the_enterprise(project: Project) -> None:
    mandate, matter = accepted(project), project.draft()
    assert acted_for(matter) == ()
    mandate.matters.add(matter)
    (block,) = acted_for(matter)
    assert mandate.document is not None
    for words in (matter.enterprise.name, mandate.agent.name, mandate.document.number_text):
        assert words in block["text"]
