"""The pages of ratings: who sees what, at which cost, and what is never shown."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.evaluations import operations, rules
from jingkai.modules.evaluations.data import Words
from jingkai.modules.evaluations.models import Complaint, Evaluation

pytestmark = pytest.mark.django_db

AT = "2026-03-10 09:00"


def play(hall: Hall) -> None:
    """A good rating and a nameless bad one of refused matters."""
    operations.seed_evaluations(by=SYSTEM, at=moment("2026-01-05 09:00"))
    give(hall, Words(level=5, reasons=("fast",), comment="很快"))
    give(hall, Words(level=1, reasons=("slow",), comment="=1+1 等太久", anonymous=True))


HALL_AT = play
"""They are given once; each test finds them given."""


@pytest.fixture
def rated(hall: Hall) -> Hall:
    """The hall with both ratings."""
    hall.travel(AT)
    return hall


def finished(hall: Hall) -> Any:
    matter = hall.bring_to("submitted")
    hall.refuse(matter, "不属于受理范围。", at="2026-03-03 10:00")
    return approvals.rated_matter(application_id=matter.pk)


def give(hall: Hall, words: Words) -> Evaluation:
    by = hall.actor("handler", AT)
    return operations.rate_matter(matter=finished(hall), words=words, by=by, at=moment(AT))


def see(hall: Hall, who: str, name: str, *args: Any, **query: str) -> Any:
    client = Client()
    if who:
        hall.log_in(client, who)
    return client.get(reverse(f"evaluations:{name}", args=args), query)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_register_is_narrowed_sorted_and_exported(rated: Hall) -> None:
    assert "等太久" in text_of(see(rated, "leader", "register", level="1", sort="level"))
    for query in ({"level": "4"}, {"q": "无此内容"}, {"since": "2026-03-11"}, {"state": "closed"}):
        assert "没有符合筛选条件的评价" in text_of(see(rated, "leader", "register", **query))
    assert "等太久" in text_of(see(rated, "leader", "register", since="x", level="²", unit="x", after="~"))
    answer = see(rated, "leader", "register_export", state="bad")
    [sheet] = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[1][6] == "=1+1 等太久"
    assert len(lines) == 2


def test_nameless_rating_shows_no_number_and_no_name(rated: Hall) -> None:
    bad = Evaluation.objects.get(level=1)
    page = text_of(see(rated, "leader", "evaluation", bad.uuid))
    assert bad.reference not in page
    assert "示范精密制造" not in page
    assert bad.reference not in text_of(see(rated, "leader", "register"))
    assert not Evaluation.objects.filter(level=1, reference__in=[""]).exists()
    assert "没有符合筛选条件的评价" in text_of(see(rated, "leader", "register", q=bad.reference))


def test_other_units_see_nothing_of_it(rated: Hall) -> None:
    bad = Evaluation.objects.get(level=1)
    assert see(rated, "officer_fire", "evaluation", bad.uuid).status_code == 404
    assert "等太久" not in text_of(see(rated, "officer_fire", "register"))
    assert "等太久" in text_of(see(rated, "clerk", "register"))
    assert see(rated, "handler", "register").status_code == 403


def test_public_sees_figures_and_only_cleared_comments(rated: Hall) -> None:
    page = text_of(see(rated, "", "figures"))
    assert "50.0%" in page
    assert "很快" not in page
    good = Evaluation.objects.get(level=5)
    client = Client()
    user = rated.log_in(client, "catalogue_editor")
    data = with_token({"text": "办得很快", "version": good.version, "publish": "1"}, user=user)
    assert client.post(reverse("evaluations:publish", args=[good.uuid]), data).status_code == 302
    page = text_of(see(rated, "", "figures", by="month"))
    assert "办得很快" in page
    assert "示范精密制造有限公司" not in page
    for by in ("item", "month", "x"):
        text_of(see(rated, "", "figures", by=by, since="2026-01", until="2026-12"))
    assert see(rated, "", "figures_export", by="item").status_code == 200


def test_link_page_rates_once_then_shows_what_followed(rated: Hall) -> None:
    matter = finished(rated)
    found = operations.invite_to_rate_matter(application_id=matter.application_id, by=SYSTEM, at=moment(AT))
    assert found is not None
    path = reverse("evaluations:rate", args=[rules.code_of(found.pk)])
    client = Client()
    assert "提交评价" in text_of(client.get(path))
    assert client.post(path, with_token({"comment": "忘选等级"})).status_code == 422
    assert client.post(path, with_token({"level": "2", "reasons": ["fast"]})).status_code == 422
    assert client.post(path, with_token({"level": "2", "reasons": ["slow"]})).status_code == 302
    page = text_of(client.get(path))
    assert "整改中" in page
    again = client.post(path, with_token({"level": "5"}))
    assert again.status_code == 409
    assert "整改中" in again.content.decode(), "who hands in twice sees what became of the first"
    complain = reverse("evaluations:complain", args=[rules.code_of(found.pk)])
    assert client.post(complain, with_token({"text": "推诿"})).status_code == 302
    assert Complaint.objects.get().evaluation.matter == matter.application_id
    assert client.get("/r/1-aaaaaaaaaaaaaaaa/").status_code == 404


def test_own_page_and_own_form(rated: Hall) -> None:
    assert "等太久" in text_of(see(rated, "handler", "own"))
    assert "等太久" not in text_of(see(rated, "legal_representative", "own"))
    assert "很快" in text_of(see(rated, "legal_representative", "own"))
    matter = finished(rated)
    client = Client()
    user = rated.log_in(client, "handler")
    path = reverse("evaluations:rate_own", args=[matter.uuid])
    assert "匿名评价" in text_of(client.get(path))
    assert client.post(path, with_token({"level": "4"}, user=user)).status_code == 302
    assert "已评价" in text_of(client.get(path))
    again = client.post(path, with_token({"level": "1"}, user=user))
    assert again.status_code == 409
    assert "已评价" in again.content.decode()
    assert "您填写的内容" not in again.content.decode(), "said in words, with the way to the first rating"
    assert approvals.rated_matter(application_id=matter.application_id).level == 4


@pytest.mark.parametrize("stage", ["submitted", "accepted"])
def test_a_matter_under_way_says_when_it_can_be_rated(rated: Hall, stage: str) -> None:
    """Also one that nobody has taken up yet: there is no item and no work to rate."""
    matter = rated.bring_to(stage)
    client = Client()
    rated.log_in(client, "handler")
    answer = client.get(reverse("evaluations:rate_own", args=[matter.uuid]))
    assert answer.status_code == 409
    assert "办结后才能评价" in answer.content.decode()


def test_window_opens_one_rating_per_ticket(rated: Hall) -> None:
    client = Client()
    user = rated.log_in(client, "clerk")
    path = reverse("evaluations:onsite")
    text_of(client.get(path))
    first = client.post(path, with_token({"ticket": "a007", "service": "咨询"}, user=user))
    again = client.post(path, with_token({"ticket": "A007", "service": "咨询"}, user=user))
    assert first.url == again.url
    assert "<svg" in text_of(client.get(first.url))


@pytest.mark.parametrize("who", ["leader", "clerk"])
def test_register_costs_the_same_for_everybody(
    rated: Hall, who: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(3):
        give(rated, Words(level=4))
    client = Client()
    rated.log_in(client, who)
    path = reverse("evaluations:register")
    client.get(path)
    with django_assert_max_num_queries(8):
        client.get(path)
    with django_assert_max_num_queries(8):
        client.get(reverse("evaluations:figures"))


def test_steps_on_the_case_page(rated: Hall) -> None:
    found = Evaluation.objects.get(level=1).rectification
    client = Client()
    user = rated.log_in(client, "approval_head")
    page = text_of(client.get(reverse("inbox:case", args=[found.case.uuid])))
    assert "核实情况和整改措施" in page
    task = found.case.tasks.get(node_id="handle", state="open")
    handle = reverse("evaluations:handle", args=[task.uuid])
    assert client.post(handle, with_token({"measures": ""}, user=user)).status_code == 422
    assert client.post(handle, with_token({"measures": "已改。"}, user=user)).status_code == 302
    visit = found.case.tasks.get(node_id="visit", state="open")
    path = reverse("evaluations:visit", args=[visit.uuid])
    assert (
        client.post(path, with_token({"way": "phone", "answer": "satisfied"}, user=user)).status_code == 403
    )
    other = Client()
    user = rated.log_in(other, "clerk_2")
    assert other.post(path, with_token({"way": "phone", "answer": "satisfied"}, user=user)).status_code == 302
    found.refresh_from_db()
    assert found.state == "closed"
