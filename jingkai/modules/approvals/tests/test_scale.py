"""What a matter's pages ask of the database: the same few statements at every stage and for everybody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.data import RatingLevel
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing import DAYS, Hall
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.documents import api as documents

pytestmark = pytest.mark.django_db

STAGES = ("submitted", "accepted", "reviewed", "summarised", "signed", "sealed", "rated")
CASE_PAGE = 14
"""Of the frame 4, of the page 4, of the forms up to 2, of the matter 2, of licences used 1, of fees 1."""
OWN_PAGE = 11
TRACKING = 8
"""The count of how often it is asked is one; once there is a result, its delivery is the eighth."""
OWN_LIST = 10
"""Of the list 6, of the figures at its head 4: the enterprise, its matters, its licences, its fees."""


def asked(client: Client, url: str) -> list[str]:
    """Load a page a second time and give its statements; the first load fills what a process keeps."""
    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def told(statements: list[str]) -> str:
    """The statements in short, for a failure."""
    return "\n".join(sql[:60] + sql[max(sql.find(" FROM "), 0) :][:50] for sql in statements)


def signed_in(hall: Hall, name: str) -> Client:
    client = Client()
    hall.log_in(client, name)
    return client


def bring_to(hall: Hall, stage: str) -> Application:
    """A matter at a stage, on the day on which it came to it."""
    reached = "sealed" if stage == "rated" else stage
    matter, at = hall.bring_to(reached), hall.travel(DAYS[reached])
    if stage == "rated":
        actor = hall.actor("handler", at)
        level = RatingLevel.SATISFIED
        operations.rate_service(application=matter, level=level, reasons=[], comment="", by=actor, at=at)
    return matter


@pytest.mark.parametrize("stage", STAGES)
def test_a_matters_pages_cost_the_same_few_statements(hall: Hall, stage: str) -> None:
    matter = bring_to(hall, stage)
    case = reverse("inbox:case", args=[hall.case(matter).uuid])
    clerk, leader = (asked(signed_in(hall, name), case) for name in ("clerk", "leader"))
    assert len(clerk) == len(leader) <= CASE_PAGE, told(clerk)
    own = asked(signed_in(hall, "handler"), reverse("approvals:matter", args=[matter.uuid]))
    assert len(own) <= OWN_PAGE, told(own)
    tail = enterprises.get_enterprise(matter.enterprise_id).uscc[-6:]
    public = asked(Client(), f"/track/?number={hall.case(matter).reference}&code={tail}")
    assert len(public) <= TRACKING, told(public)


PANELS = {
    "submitted": ("accept", "clerk"),
    "accepted": ("fire", "officer_fire"),
    "reviewed": ("summarise", "officer_fire"),
    "summarised": ("sign", "deputy_director"),
    "signed": ("seal", "custodian"),
}
"""Who has the step that follows on a stage."""


@pytest.mark.parametrize("stage", PANELS)
def test_the_acts_of_a_step_ask_no_more_than_the_page(hall: Hall, stage: str) -> None:
    node, who = PANELS[stage]
    matter = bring_to(hall, stage)
    if hall.task(matter, node).assignee_id is None:
        hall.claim(matter, node, who, at=DAYS[stage])
    client = signed_in(hall, who)
    case = reverse("inbox:case", args=[hall.case(matter).uuid])
    found = asked(client, case)
    seals = [sql for sql in found if "seals_seal" in sql]
    assert len(seals) == (node == "seal")
    assert len(found) - len(seals) <= CASE_PAGE, told(found)
    assert "/approvals/tasks/" in client.get(case).content.decode()


def test_own_matters_cost_the_same_however_many(hall: Hall) -> None:
    client = signed_in(hall, "handler")
    hall.bring_to("submitted")
    one = asked(client, reverse("approvals:my"))
    hall.bring_to("submitted")
    hall.draft()
    many = asked(client, reverse("approvals:my"))
    assert len(one) == len(many) <= OWN_LIST, told(many)


def test_a_matter_file_tells_what_the_tables_hold(hall: Hall) -> None:
    matter = bring_to(hall, "rated")
    file = queries.file_of_case(case_id=hall.case(matter).pk)
    assert file is not None
    assert file.application == matter
    assert file.uscc == enterprises.get_enterprise(matter.enterprise_id).uscc
    assert list(file.items) == list(matter.items.all())
    assert [item.clock for item in file.items] == [hall.clock(matter, item.branch) for item in file.items]
    assert file.items[0].clock.due_at == hall.clock(matter, file.items[0].branch).due_at
    assert file.decision == hall.decision(matter)
    assert file.rating is not None
    assert file.correction is None
    rows = queries.list_material_rows(application=matter)
    assert list(file.materials) == rows
    assert any(row.files for row in rows)
    assert list(file.papers) == documents.list_documents(("application", matter.pk), issued_only=True)
    assert file.conclusion == queries.latest_conclusion(case_id=hall.case(matter).pk)
    assert queries.file_of_enterprise(uuid=matter.uuid, enterprise_ids=[]) is None
    assert queries.file_of_receipt(number=hall.case(matter).reference, tail="000000") is None
