"""The network as it stands and the comparison of days, recomputed by hand."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.calendar.api import get_calendar
from jingkai.modules.approvals import api
from jingkai.modules.approvals.queries import network_of, network_of_package
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
HALL_AT = "project"


def test_the_plan_says_what_waits_for_what_and_which_path_is_longest(project: Project) -> None:
    found = network_of_package(project.package, on=moment("2026-03-02 09:00").date())
    assert found is not None
    assert len(found.items) == 14
    assert found.departments == 6
    assert [one.branch for one in found.critical] == [
        "filing",
        "conditions",
        "design",
        "airdefence",
        "permit",
    ]
    # 1 + 3 + 5 + 5 promised working days, then three natural days
    assert found.schedule.length >= 16
    assert found.whole.promised == found.schedule.length
    assert found.whole.in_turn == sum(one.figures.statutory for one in found.items)


def test_days_are_counted_as_the_calendar_says_and_parallel_days_once(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing", on="2026-03-06")
    project.decide(matter, "registration", on="2026-03-09")
    found = network_of(project.hall.fresh(matter), at=moment("2026-03-10 12:00"))
    assert found is not None
    calendar = get_calendar()
    start = moment("2026-03-03 00:00").date()
    for branch, end in (("filing", "2026-03-06"), ("registration", "2026-03-09")):
        expected = calendar.working_days_between(start, moment(f"{end} 00:00").date())
        assert found.by_branch[branch].figures.actual == expected
    assert found.whole.actual == calendar.working_days_between(start, moment("2026-03-10 00:00").date())
    records = api.item_records(at=moment("2026-03-10 12:00"))
    filing = next(one for one in records if one.branch == "filing")
    assert (filing.actual, filing.statutory, filing.promised) == (3, 3, 1)
    assert filing.officer_id == project.hall.cast.people["officer_investment"].pk
    assert filing.is_formal
    assert api.item_records(at=moment("2026-03-10 12:00"), since_id=records[-1].id) == []


def test_the_network_stands_on_the_guide_the_matter_and_the_case(project: Project, client: Client) -> None:
    matter = project.simulated()
    project.hall.travel("2026-03-06 09:00")
    guide = client.get(reverse("approvals:guide", args=[project.package.code]))
    assert b"<svg viewBox" in guide.content
    project.hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid]))
    assert page.status_code == 200
    for words in ("关键路径", "示开模审〔2026〕1号", "国有建设用地使用权出让合同", "法定并联"):
        assert words in page.content.decode()
    project.hall.log_in(client, "clerk")
    case = client.get(reverse("inbox:case", args=[project.hall.case(matter).uuid]))
    assert case.status_code == 200
    assert "事项网络图" in case.content.decode()


def test_the_matter_pages_ask_a_fixed_number_of_questions(
    project: Project, client: Client, django_assert_max_num_queries: object
) -> None:
    matter = project.simulated()
    project.hall.travel("2026-03-06 09:00")
    project.hall.log_in(client, "handler")
    client.get(reverse("approvals:matter", args=[matter.uuid]))
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        client.get(reverse("approvals:matter", args=[matter.uuid]))
