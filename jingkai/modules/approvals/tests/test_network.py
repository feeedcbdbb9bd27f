"""Items begin when their turn has come, in one case, each with its own clock."""

from __future__ import annotations

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow import api as flow
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.data import MaterialCheck
from jingkai.modules.approvals.models import Application, ItemRun
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
HALL_AT = "project"
ROOTS = {"registration", "filing"}


def test_the_package_has_fourteen_items_and_a_drawing_without_faults(project: Project) -> None:
    assert project.package.places.count() == 14
    assert flow.lint(operations.drawing_of(project.package)) == []


def test_after_the_acceptance_only_items_without_predecessors_begin(project: Project) -> None:
    matter = project.accepted()
    states = project.states(matter)
    assert {branch for branch, state in states.items() if state == ItemRun.State.RUNNING} == ROOTS
    assert len(states) == 14
    assert Case.objects.filter(applicant=matter.enterprise_id).count() == 1
    assert {task.node_id for task in open_work(matter)} == {"r_registration", "r_filing"}


def test_an_item_begins_with_its_clock_when_its_predecessor_is_sealed(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing", on="2026-03-05")
    begun = project.run(matter, "eia")
    assert begun.state == ItemRun.State.RUNNING
    assert begun.item is not None
    assert begun.item.clock.started_on.isoformat() == "2026-03-05"
    filed = project.run(matter, "filing").item
    assert filed is not None
    assert Clock.objects.get(pk=filed.clock_id).stopped_on is not None


def test_an_item_waits_for_its_late_material(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing")
    project.decide(matter, "conditions")
    assert project.state(matter, "design") == ItemRun.State.WAITING
    project.supply(matter, "design-documents", at="2026-03-06 09:00")
    assert project.state(matter, "design") == ItemRun.State.RUNNING


def test_a_denied_item_drops_those_that_needed_it_and_the_case_still_ends(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing", "object")
    states = project.states(matter)
    assert states["filing"] == ItemRun.State.DENIED
    assert {states[one] for one in states.keys() - {"filing", "registration"}} == {ItemRun.State.DROPPED}
    project.decide(matter, "registration")
    fresh = Application.objects.select_related("case").get(pk=matter.pk)
    assert fresh.case is not None
    assert fresh.case.state == Case.State.CLOSED
    assert fresh.state == Application.State.DECIDED
    assert cases.differences(fresh.case.pk) == []


def test_the_result_names_its_own_item_and_organ(project: Project) -> None:
    matter = project.accepted()
    project.review(matter, "filing")
    project.sign(matter, "filing")
    decision = project.seal(matter, "filing")
    assert decision.document is not None
    assert decision.document.title == "企业投资项目备案证"
    assert decision.document.number_text == "示开审〔2026〕1号"


def test_items_that_wait_for_each_other_are_refused_with_the_circle(project: Project) -> None:
    places = {place.branch: place.pk for place in project.package.places.all()}
    needs = {
        places["filing"]: [places["permit"]],
        places["permit"]: [places["eia"]],
        places["eia"]: [places["filing"]],
    }
    with pytest.raises(operations.CircularDependency) as refused:
        operations.arrange_package(
            package=project.package,
            needs=needs,
            version=project.package.version,
            by=project.actor("catalogue_editor", "2026-03-01 09:00"),
            at=project.hall.cast.at,
        )
    for name in ("企业投资项目备案", "建筑工程施工许可", "建设项目环境影响报告表审批"):
        assert name in str(refused.value)
    assert project.package.places.get(branch="eia").needs.count() == 1


def test_a_new_arrangement_leaves_matters_under_way_as_they_are(project: Project) -> None:
    matter = project.accepted()
    places = {place.branch: place.pk for place in project.package.places.all()}
    operations.arrange_package(
        package=project.package,
        needs={places["waste"]: [places["registration"]]},
        version=project.package.version,
        by=project.actor("catalogue_editor", "2026-03-04 09:00"),
        at=project.hall.cast.at,
    )
    project.decide(matter, "filing")
    assert project.state(matter, "waste") == ItemRun.State.RUNNING
    assert project.run(matter, "eia").after == ["filing"]


def test_withdrawing_stops_every_clock(project: Project) -> None:
    matter = project.accepted()
    operations.withdraw_application(
        application=matter,
        reason="不建了",
        by=project.actor("handler", "2026-03-04 09:00"),
        at=project.hall.travel("2026-03-04 09:00"),
    )
    assert not Clock.objects.exclude(state="stopped").exists()


def open_work(matter: Application) -> list[Task]:
    return list(Task.objects.filter(case=matter.case_id, state=Task.State.OPEN, kind="work"))


def test_an_expired_material_counts_as_missing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = project.accepted()
    project.decide(matter, "filing")
    project.decide(matter, "conditions")
    expired = MaterialCheck("test", lambda _application, _on: {"design-documents"})
    monkeypatch.setattr(queries.material_checks, "all", lambda: [expired])
    project.supply(matter, "design-documents", at="2026-03-06 09:00")
    assert project.state(matter, "design") == ItemRun.State.WAITING
