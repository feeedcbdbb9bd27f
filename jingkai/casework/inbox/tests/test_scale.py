"""Lists and cockpit over very many cases: a fixed number of queries, the same for an officer and a leader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import sql

from jingkai.casework.cases.models import Case, CaseAccess
from jingkai.casework.cases.testing import NOW, finish
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.models import BoardFigures
from jingkai.casework.inbox.operations import keep_figures
from jingkai.casework.inbox.queries import cockpit
from jingkai.casework.inbox.queries.figures import FRESH, count_board
from jingkai.kernel.hooks.api import cockpit_tiles
from jingkai.kernel.hooks.data import CockpitTile
from jingkai.kernel.parties.models import Party

pytestmark = pytest.mark.django_db

MANY = 12_000
"""More open cases than a figure looks at."""

_CASES = """
INSERT INTO cases_case (uuid, reference, kind, title, title_en, flow_version_id, applicant_id, state, outcome,
    opened_at, closed_at, due_at, yellow_at, suspended, updated_at, pins, variables, version)
SELECT gen_random_uuid(), 'SP2026-' || n, 'approvals', '办件 ' || n, '', %(flow)s, %(applicant)s,
       CASE WHEN n %% 4 = 0 THEN 'closed' ELSE 'open' END, '',
       %(at)s - n * interval '5 minutes', CASE WHEN n %% 4 = 0 THEN %(at)s - n * interval '1 minute' END,
       CASE WHEN n %% 4 > 0 THEN %(at)s + (n - 3000) * interval '10 minutes' END,
       CASE WHEN n %% 4 > 0 THEN %(at)s + (n - 3200) * interval '10 minutes' END,
       n %% 7 = 0 AND n %% 4 > 0, %(at)s - n * interval '1 minute', '{}', '{}', 1
FROM generate_series(1, %(many)s) n
"""
_ACCESS = """
INSERT INTO cases_caseaccess (grantee_id, case_id, updated, opened, due, yellow, suspended, kind, state)
SELECT g.id, c.id, c.updated_at, c.opened_at, COALESCE(c.due_at, '9999-12-31Z'),
       COALESCE(c.yellow_at, '9999-12-31Z'), c.suspended, c.kind, c.state
FROM (SELECT *, split_part(reference, '-', 2)::int AS n FROM cases_case) c
CROSS JOIN unnest(%(grantees)s::bigint[]) g(id)
WHERE g.id NOT IN (%(fire)s, %(committee)s) OR c.n %% 40 = 1 AND g.id = %(fire)s
   OR c.n %% 40 = 2 AND g.id = %(committee)s
"""
_TASKS = """
INSERT INTO cases_task (uuid, case_id, node_id, name, name_en, scope, branch, state, assignee_id, pool_id,
    role, clock_key, due_at, yellow_at, suspended, outcome, opened_at, claimed_at,
    kind, waits_for, "group", added)
SELECT gen_random_uuid(), c.id, 'fire', '消防审查', 'Fire review', '', '', 'open',
       CASE WHEN c.n %% 3 > 0 THEN NULL WHEN c.n %% 40 = 1 THEN %(officer_fire)s
            WHEN c.n %% 40 = 2 THEN %(leader)s ELSE %(officer)s END,
       CASE WHEN c.n %% 40 = 1 THEN %(fire)s WHEN c.n %% 40 = 2 THEN %(committee)s ELSE %(quality)s END,
       '', '', c.due_at, c.yellow_at, c.suspended, '', c.opened_at, NULL,
       'work', '', '', ''
FROM (SELECT *, split_part(reference, '-', 2)::int AS n FROM cases_case) c WHERE c.state = 'open'
"""


@pytest.fixture
def crowd(approval_flow: Any, clock_rules: Any, cast: Any, database_server: Any) -> Iterator[int]:
    """Very many cases, written straight into the tables; one in forty concerns the fire centre."""
    tables = sql.SQL(", ").join(map(sql.Identifier, ("cases_case", "cases_caseaccess", "cases_task")))
    with database_server.connect(connection.settings_dict["NAME"]) as admin:
        admin.execute(
            sql.SQL("GRANT MAINTAIN ON {} TO {}").format(
                tables, sql.Identifier(connection.settings_dict["USER"])
            )
        )
    facts = {
        "flow": approval_flow.pk,
        "applicant": cast.enterprise.pk,
        "at": NOW,
        "many": MANY,
        "fire": cast.unit("fire"),
        "quality": cast.unit("quality"),
        "committee": cast.unit("committee"),
        "officer_fire": cast.officer_fire.party_id,
        "leader": cast.leader.party_id,
        "officer": cast.officer_quality.party_id,
        "grantees": [cast.zone.pk, cast.enterprise.pk, *map(cast.unit, ("fire", "quality", "committee"))],
    }
    with connection.cursor() as cursor:
        for statement in (_CASES, _ACCESS, _TASKS):
            cursor.execute(statement, facts)
        cursor.execute("ANALYZE cases_case, cases_caseaccess, cases_task")  # as the server does by itself
    yield MANY
    transaction.set_rollback(True)  # what is thrown away need not have its 200,000 references looked up


def queries_of(client: Client, url: str) -> list[str]:
    """Load a page a second time and give its queries; the first load fills what a process keeps."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


def own(statements: list[str]) -> list[str]:
    """Leave out what every page of the product asks: session, login, actor, menu, unread count."""
    frame = (
        "django_session",
        "accounts_user",
        "WITH holders AS",
        "parties_representation",
        "rules_ruleversion",
        "WITH mine AS",
        "notices_notice",
        "SAVEPOINT",
    )
    return [sql for sql in statements if not any(word in sql[:400] for word in frame)]


PAGES = (
    "/desk/?tab=mine",
    "/desk/?tab=pool",
    "/desk/?tab=pool&light=red",
    "/cases/?sort=",
    "/cases/?sort=due&state=open",
    "/cases/?sort=opened&light=red",
    "/cases/?sort=due&after=20260302T013000000000-500",
    "/cases/?text=办件",
)


def test_lists_cost_the_same_for_an_officer_and_a_leader(crowd, browser, cast):
    officer, head, leader = (browser(who) for who in (cast.officer_fire, cast.head_fire, cast.leader))
    for page in PAGES:
        one, heads, other = (queries_of(who, page) for who in (officer, head, leader))
        assert len(one) == len(other), page
        assert len(heads) <= len(one), f"{page}: a head who holds nothing asks for no clocks"
        assert len(own(other)) <= 2, "\n".join([page, *(sql[:90] for sql in own(other))])
    assert officer.get(reverse("inbox:cockpit")).status_code == 403


@pytest.mark.parametrize("page", ["/desk/?tab=pool", "/cases/?sort=", "/cases/?sort=due&light=green"])
def test_clocks_bring_the_calendar_along(timed_case, another_case, browser, cast, page):
    client = browser(cast.clerk)
    asked = own(queries_of(client, page))
    assert len(asked) <= 2, "\n".join(sql[:90] for sql in asked)
    lights = [str(row.cells[0].text) for row in client.get(page).context["table"].rows]
    assert any("5" in light for light in lights), lights


def test_tabs_of_own_cases_and_one_units_cases_cost_three(crowd, browser, cast):
    unit = Party.objects.get(pk=cast.unit("fire")).uuid
    client = browser(cast.officer_fire)
    for page in ("/desk/?tab=started", "/desk/?tab=handled", f"/cases/?unit={unit}"):
        found = own(queries_of(client, page))
        assert len(found) <= 3, "\n".join([page, *(sql[:90] for sql in found)])


def test_a_case_page_costs_two_of_its_own(timed_case, browser, cast):
    finish(timed_case, "accept", "accept", by=cast.clerk)
    case = reverse("inbox:case", args=[timed_case.uuid])
    officer, leader = browser(cast.officer_fire), browser(cast.leader)
    one, other = queries_of(officer, case), queries_of(leader, case)
    modules = ("approvals_", "forms_")  # their sections ask for their own facts
    for found in (own(one), own(other)):
        found = [sql for sql in found if not any(word in sql for word in modules)]
        assert len(found) <= 2, "\n".join(sql[:90] for sql in found)
    assert len(one) == len(other)


def test_the_cockpit_costs_four_of_its_own(crowd, browser, cast):
    leader, head = browser(cast.leader), browser(cast.head_fire)
    url = reverse("inbox:cockpit")
    whole, part = queries_of(leader, url), queries_of(head, url)
    assert len(whole) == len(part) <= 8, "\n".join(sql[:90] for sql in whole)
    assert len(own(whole)) <= 4, "\n".join(sql[:90] for sql in own(whole))
    stats = leader.get(url).context["stats"]
    assert stats[0].value == "9,000"


def test_figures_agree_with_plain_counting_and_say_when_they_are_cut(crowd, cast, browser, monkeypatch):
    standing = queries.get_standing(actor=cast.leader, at=NOW)
    open_cases = Case.objects.filter(state="open")
    assert (standing.open, standing.cut) == (open_cases.count(), False)
    assert standing.late == open_cases.filter(suspended=False, due_at__lte=NOW).count()
    assert standing.hold == open_cases.filter(suspended=True).count()
    assert standing.longest_late == open_cases.filter(suspended=False).order_by("due_at").first().due_at
    assert sum(load.total for load in standing.loads) == standing.open
    assert all(load.total == load.late + load.warn + load.ok + load.hold for load in standing.loads)
    _check_weeks(cast)
    _check_own_unit(cast)
    _check_bar(standing, browser(cast.leader))
    monkeypatch.setattr(cockpit, "MOST_OPEN", 1000)
    monkeypatch.setattr(cockpit, "MOST_MOVED", 1000)
    bounded = queries.get_standing(actor=cast.leader, at=NOW)
    assert (bounded.open, bounded.cut) == (1000, True)
    assert queries.get_moved(actor=cast.leader, at=NOW).cut


def _check_weeks(cast):
    moved = queries.get_moved(actor=cast.leader, at=NOW)
    since = NOW - timedelta(weeks=11, days=NOW.weekday())
    assert sum(moved.opened.values()) == Case.objects.filter(opened_at__gte=since).count()
    assert sum(moved.closed.values()) == Case.objects.filter(closed_at__gte=since).count()


def _check_own_unit(cast):
    """A head of a unit sees the figures of the own unit only."""
    standing = queries.get_standing(actor=cast.head_fire, at=NOW)
    visible = CaseAccess.objects.filter(grantee_id=cast.unit("fire"), state="open")
    assert standing.open == visible.count()
    assert standing.late == visible.filter(suspended=False, due__lte=NOW).count()
    assert {load.name for load in standing.loads} == {"消防审验中心"}


def _check_bar(standing, client):
    """A bar leads to exactly the cases behind it."""
    fire = next(load for load in standing.loads if load.name == "消防审验中心")
    seen: list[str] = []
    url = f"{reverse('inbox:cases')}?unit={fire.uuid}"
    while url:
        response = client.get(url)
        seen += [row.cells[1].url for row in response.context["table"].rows]
        pager = response.context["pager"]
        url = reverse("inbox:cases") + pager.older_url if pager and pager.older_url else ""
    assert len(seen) == len(set(seen)) == fire.total


def test_figures_over_many_cases_are_counted_ahead_and_shown_with_their_hour(crowd, cast, browser):
    counted = count_board(actor=cast.leader, at=NOW)
    keep_figures(at=NOW)
    later = NOW + timedelta(minutes=4)
    board = queries.get_board(actor=cast.leader, at=later)
    assert (board.counted_at, board.moved) == (NOW, counted.moved)
    assert board.standing.loads == counted.standing.loads
    assert (board.standing.open, board.standing.longest_late) == (9000, counted.standing.longest_late)
    assert board.standing.pressing == queries.get_standing(actor=cast.leader, at=later).pressing
    page = browser(cast.leader).get(reverse("inbox:cockpit"))
    assert page.context["stats"][0].value == "9,000"


def test_figures_over_few_cases_are_never_behind(crowd, cast):
    keep_figures(at=NOW)
    assert queries.get_board(actor=cast.head_fire, at=NOW).counted_at is None
    assert queries.get_board(actor=cast.leader, at=NOW).counted_at == NOW
    late = queries.get_board(actor=cast.leader, at=NOW + FRESH + timedelta(seconds=1))
    assert late.counted_at is None, "a job that stands still is noticed by nobody's old figures"
    Case.objects.update(state="closed", closed_at=NOW - timedelta(days=200))
    CaseAccess.objects.update(state="closed", opened=NOW - timedelta(days=300), updated=NOW)
    keep_figures(at=NOW)
    assert not BoardFigures.objects.exists()


def test_tiles_are_read_by_themselves(browser, cast):
    tile = CockpitTile(
        key="weather", label="天气", template="inbox/cockpit_tile_page.html", context=lambda *_: None
    )
    with cockpit_tiles.only(tile):
        page = browser(cast.leader)
        address = reverse("inbox:tile", args=["weather"])
        assert f'hx-get="{address}"' in page.get(reverse("inbox:cockpit")).content.decode()
        assert page.get(address, headers={"HX-Request": "true"}).content == b""
        assert "天气" in page.get(address).content.decode()
        assert page.get(reverse("inbox:tile", args=["nothing"])).status_code == 404
        assert browser(cast.officer_fire).get(address).status_code == 403


def test_a_hidden_tile_is_not_told(browser, cast):
    tile = CockpitTile(
        key="own", label="密", template="inbox/cockpit_tile_page.html", context=dict, permission="a.b"
    )
    with cockpit_tiles.only(tile):
        assert browser(cast.leader).get(reverse("inbox:tile", args=["own"])).status_code == 404
