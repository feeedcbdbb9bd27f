"""The trail's pages: for the audit administrator only; list, entry, verification, export, origin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jingkai.kernel.audit.api import entries_of, record, record_many, trail_of
from jingkai.kernel.audit.data import Draft, Filter, Place, origin
from jingkai.kernel.audit.middleware import OriginMiddleware, origin_of
from jingkai.kernel.audit.models import TrailCheck, TrailEntry
from jingkai.kernel.audit.queries import page_of_entries
from jingkai.kernel.audit.rules import names
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.permissions.testing import resolving

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)

pytestmark = pytest.mark.django_db


@pytest.fixture
def log_in(client, django_user_model, request):
    """Log somebody in as an officer with these rights."""

    def enter(*rights: str) -> Any:
        user = django_user_model.objects.create(username=f"u{len(rights)}{django_user_model.objects.count()}")
        actor = Actor(1, user.pk, "审计员", "staff", frozenset(rights))
        held = resolving(lambda _user, _on: actor)
        held.__enter__()
        request.addfinalizer(lambda: held.__exit__(None, None, None))
        client.force_login(user)
        session = client.session
        session["second_factor"] = user.pk  # as after a log-in with an authenticator app
        session.save()
        return client

    return enter


@pytest.fixture
def auditor(log_in, trail_folder):
    return log_in("audit.see")


def test_a_subject_leads_to_its_own_entries(auditor):
    """Whoever reads the trail may open no case (三员): the list leads to more of it, never to a refusal."""
    for subject in (CASE, ("cases.case", 42)):
        record(subject, action="case.opened", by=CLERK, at=AT)
    page = auditor.get(reverse("audit_trail")).content.decode()
    link = f"{reverse('audit_trail')}?kind=cases.case&amp;number=41"
    assert f'href="{link}"' in page
    assert "/cases/" not in page[page.index("<table") : page.index("</table>")]
    narrowed = auditor.get(link.replace("&amp;", "&")).context["rows"]
    assert [(row.stream_kind, row.stream_id) for row in narrowed] == [CASE]


def pages():
    yield reverse("audit_trail")
    yield reverse("audit_export")
    yield reverse("audit_entry", kwargs={"number": 1})


def test_only_the_audit_administrator_sees_the_trail(client, log_in):
    for page in pages():
        assert client.get(page).status_code == 302
    officer = log_in("rules.manage", "events.manage_jobs")
    for page in pages():
        assert officer.get(page).status_code == 403


def test_a_refused_page_is_written_into_the_trail(log_in, trail_folder):
    officer = log_in("rules.manage")
    officer.get(reverse("audit_trail"), {"q": "secret"})
    row = TrailEntry.objects.get(action="page.refused")
    assert (row.facts, row.result) == ({"path": "/system/trail", "method": "GET"}, "refused")
    assert row.ip == "127.0.0.1"
    assert row.stream_kind == "permissions.refusal"


def test_the_list_shows_entries_in_words(auditor, monkeypatch):
    monkeypatch.setattr(names, "_sources", [lambda ids: dict.fromkeys(ids, "王芳")])
    monkeypatch.setitem(names._actions, "case.opened", "收件")
    record(CASE, action="case.opened", by=CLERK, at=AT)
    text = auditor.get(reverse("audit_trail")).content.decode()
    assert "王芳" in text
    assert "收件" in text


def test_the_list_filters_by_what_whom_and_when(auditor):
    record(CASE, action="case.opened", by=CLERK, at=AT)
    record(("cases.case", 42), action="case.closed", by=Actor(8, 4, "x", "staff"), at=AT + timedelta(days=9))

    def shown(**given):
        return [row.action for row in auditor.get(reverse("audit_trail"), given).context["rows"]]

    assert shown() == ["case.closed", "case.opened"]
    assert shown(action="case.opened") == ["case.opened"]
    assert shown(kind="cases.case", number=42) == ["case.closed"]
    assert shown(actor=8) == ["case.closed"]
    assert shown(since="2026-11-21") == ["case.closed"]
    assert shown(until="2026-11-20") == ["case.opened"]


@pytest.mark.parametrize(
    "query", ["before=x", "before=2026~5", "after=~", "number=5", "since=x", "until=9999-12-31", "actor=-1",
              "before=2026-11-20T09:30:00%2B00:00~99999999999999999999", "number=99999999999999999999"]
)  # fmt: skip
def test_a_damaged_link_is_no_error(auditor, query):
    record(CASE, action="case.opened", by=CLERK, at=AT)
    assert auditor.get(f"{reverse('audit_trail')}?{query}").status_code == 200


def test_pages_lose_no_entry_when_many_share_a_moment(db):
    record_many([Draft(("cases.case", n % 5), "case.step", CLERK, AT) for n in range(23)])
    seen, place = [], None
    while True:
        rows, more = page_of_entries(Filter(), before=place, size=5)
        seen += [row.pk for row in rows]
        if not more:
            break
        place = Place(rows[-1].at, rows[-1].pk)
    assert seen == sorted(TrailEntry.objects.values_list("pk", flat=True), reverse=True)
    back, more = page_of_entries(Filter(), after=place, size=5)
    assert ([row.pk for row in back], more) == (seen[14:19], True)


def test_the_list_pages_both_ways(auditor):
    record_many([Draft(CASE, f"case.step_{n}", CLERK, AT) for n in range(120)])
    first = auditor.get(reverse("audit_trail"))
    second = auditor.get(reverse("audit_trail") + first.context["pager"].older_url)
    third = auditor.get(reverse("audit_trail") + second.context["pager"].older_url)
    assert [len(page.context["rows"]) for page in (first, second, third)] == [50, 50, 20]
    assert first.context["pager"].newer_url == ""
    assert third.context["pager"].older_url == ""
    back = auditor.get(reverse("audit_trail") + third.context["pager"].newer_url)
    assert [row.pk for row in back.context["rows"]] == [row.pk for row in second.context["rows"]]


def test_an_entry_is_recomputed_when_it_is_shown(auditor):
    record(CASE, action="case.opened", by=CLERK, at=AT, facts={"sum": 5})
    record(CASE, action="case.accepted", by=CLERK, at=AT)
    row = entries_of(CASE)[1]
    answer = auditor.get(reverse("audit_entry", kwargs={"number": row.pk}))
    assert answer.context["sound"]
    assert row.hash in answer.content.decode()


def test_the_list_asks_few_questions(auditor):
    record_many([Draft(("cases.case", n), "case.step", CLERK, AT) for n in range(60)])
    with CaptureQueriesContext(connection) as asked:
        auditor.get(reverse("audit_trail"))
    assert len([query for query in asked.captured_queries if "audit_" in query["sql"]]) <= 3


def test_export_gives_the_filtered_entries_and_is_itself_recorded(auditor):
    record(CASE, action="case.opened", by=CLERK, at=AT)
    record(("cases.case", 42), action="case.closed", by=CLERK, at=AT)
    answer = auditor.get(reverse("audit_export"), {"action": "case.opened", "format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "case.opened" in text
    assert "case.closed" not in text
    assert "attachment" in answer["Content-Disposition"]
    assert entries_of(("audit.trail", 1)).last().action == "trail.exported"


def _token(page):
    import re

    return re.search(r'name="_once" value="([^"]+)"', page.content.decode())[1]


def test_the_verify_button_runs_a_job_and_shows_what_it_found(auditor):
    record(CASE, action="case.opened", by=CLERK, at=AT)
    form = {"_once": _token(auditor.get(reverse("audit_trail")))}
    answer = auditor.post(reverse("audit_ask"), form)
    assert auditor.post(reverse("audit_ask"), form)["Location"] == answer["Location"]
    assert TrailCheck.objects.count() == 1
    waiting = auditor.get(answer["Location"])
    assert waiting.context["progress"].state == "running"
    assert "<progress" in auditor.get(answer["Location"] + "/progress").content.decode()
    run_jobs(queues=["default"])
    check = TrailCheck.objects.get()
    assert (check.state, check.outcome["entries"]) == ("intact", 2)
    assert auditor.get(answer["Location"]).context["stats"]
    assert auditor.get(answer["Location"] + "/progress")["HX-Redirect"] == answer["Location"]
    assert entries_of(("audit.trail", 1)).last().action == "trail.checked"


def test_trail_of_gives_the_newest_lines_in_words(db, monkeypatch):
    monkeypatch.setattr(names, "_sources", [])
    record(CASE, action="case.opened", by=CLERK, at=AT, for_=9)
    line = trail_of(CASE)[0]
    assert (line.what, line.at, line.result) == ("case.opened", AT, "成功")


# --- origin ---------------------------------------------------------------------------------------


def request(peer="10.1.1.1", **headers):
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


def test_forwarded_addresses_count_only_from_a_trusted_proxy(settings):
    settings.TRUSTED_PROXIES = ["10.1.0.0/16"]
    forged = {"X-Forwarded-For": "1.2.3.4, 5.6.7.8", "X-Request-ID": "abcdefgh-1"}
    trusted = origin_of(request(**forged))
    assert trusted.ip == "5.6.7.8"
    direct = origin_of(request("9.9.9.9", **forged))
    assert direct.ip == "9.9.9.9"
    assert origin_of(request(**{"X-Forwarded-For": "<script>"})).ip == "10.1.1.1"


@pytest.mark.parametrize(
    ("peer", "given", "logged"),
    [
        ("10.1.1.1", "abcdefgh-1", "abcdefgh-1"),
        ("10.1.1.1", "a b\n", None),
        ("9.9.9.9", "abcdefgh-1", None),
    ],
)
def test_nobody_outside_says_how_the_trail_calls_a_request(settings, peer, given, logged):
    settings.TRUSTED_PROXIES, seen = ["10.1.0.0/16"], {}

    def view(_request):
        seen.update(structlog.contextvars.get_contextvars())
        return HttpResponse()

    answer = OriginMiddleware(view)(request(peer, **{"X-Request-ID": given}))
    assert answer["X-Request-ID"] == seen["request_id"] != given
    assert seen.get("proxy_request_id") == logged


def test_a_request_marks_its_entries_and_its_answer(client, trail_folder):
    def view(_request):
        record(CASE, action="case.opened", by=CLERK, at=AT)
        return HttpResponse()

    answer = OriginMiddleware(view)(request("203.0.113.9", **{"User-Agent": "Firefox"}))
    (entry,) = entries_of(CASE)
    assert entry.ip == "203.0.113.9"
    assert entry.request_id == answer["X-Request-ID"]
    assert "Firefox" not in entry.agent
    assert len(entry.agent) == 32
    assert origin.get().ip == ""
