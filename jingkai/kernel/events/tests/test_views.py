"""The administrator's pages: who may, what they show, and each refused path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from jingkai.kernel.events import operations
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.events.operations import Work
from jingkai.kernel.events.rules import MANAGE_JOBS
from jingkai.kernel.permissions.api import Actor, public
from jingkai.kernel.permissions.testing import resolving
from jingkai.kernel.submissions.testing import with_token

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@public
def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse("log in")


urlpatterns = [
    path("", include("jingkai.kernel.events.web.urls")),
    path("login", login, name="account_login"),
    path("logout", login, name="account_logout"),
    path("ui/", include("jingkai.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler403 = "jingkai.kernel.submissions.middleware.permission_denied"
RIGHTS = {"wang": frozenset({MANAGE_JOBS}), "li": frozenset[str]()}


def _actor(user: Any, on: date) -> Actor:
    return Actor(None, user.pk, user.get_username(), "staff", RIGHTS[user.get_username()])


@pytest.fixture(autouse=True)
def _setting() -> Iterator[None]:
    note = Work("tests.note", lambda **given: None, queue="quiet")
    with resolving(_actor), operations.work.including(note):
        yield


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(get_user_model().objects.create(username="wang", kind="staff"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def _job(state: str = "failed", error: str = "ValueError: a bad day") -> int:
    number = enqueue("tests.note", thing_id=7)
    assert number is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [state, number])
    if state == "failed":
        try:
            raise ValueError(error)
        except ValueError as caught:
            operations.record_failure(job_id=number, attempt=1, error=caught, at=timezone.now())
    return number


def _user(client: Client) -> Any:
    return get_user_model().objects.get(pk=client.session["_auth_user_id"])


def _send(client: Client, url: str, **data: str) -> Any:
    return client.post(url, with_token(data, user=_user(client)))


PAGES = [
    ("get", "/system/jobs"),
    ("get", "/system/jobs/1"),
    ("post", "/system/jobs/1/retry"),
    ("post", "/system/jobs/1/cancel"),
    ("post", "/system/jobs/retry-failed"),
]


@pytest.mark.parametrize(("method", "url"), PAGES)
def test_visitor_is_asked_to_log_in(client: Client, method: str, url: str) -> None:
    answer = getattr(client, method)(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


@pytest.mark.parametrize(("method", "url"), PAGES)
def test_officer_without_the_right_is_refused_in_words(client: Client, method: str, url: str) -> None:
    client.force_login(get_user_model().objects.create(username="li", kind="staff"))
    answer = getattr(client, method)(url, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "Manage background jobs" in answer.content.decode()


@pytest.mark.parametrize(
    "url", ["/system/jobs/1/retry", "/system/jobs/1/cancel", "/system/jobs/retry-failed"]
)
def test_acts_refuse_get(administrator: Client, url: str) -> None:
    assert administrator.get(url).status_code == 405


def test_list_shows_failed_jobs_with_their_error(administrator: Client) -> None:
    _job(error="a <b>bad</b> day")
    text = administrator.get("/system/jobs").content.decode()
    assert "tests.note" in text
    assert "a &lt;b&gt;bad&lt;/b&gt; day" in text
    assert "Repeat all failed jobs" in text


def test_list_filters_by_state_queue_and_task(administrator: Client) -> None:
    failed, waiting = _job("failed"), _job("todo")

    def shown(query: str) -> list[int]:
        return [row.id for row, _label, _light in administrator.get(f"/system/jobs?{query}").context["rows"]]

    assert shown("") == [waiting, failed]
    assert shown("state=failed") == [failed]
    assert shown("queue=quiet&state=todo") == [waiting]
    assert shown("task=events.rescue_stalled") == []
    assert shown("state=nonsense&task='%20OR%201=1") == [waiting, failed], "unknown values are no filter"


def test_routine_work_that_ended_well_is_shown_on_request(administrator: Client) -> None:
    routine, own = enqueue("events.delete_finished"), _job("succeeded")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [routine])

    def shown(query: str) -> dict[int, str]:
        rows = administrator.get(f"/system/jobs?{query}").context["rows"]
        return {row.id: str(label) for row, label, _light in rows}

    assert shown("") == {own: "tests.note"}
    assert list(shown("task=events.delete_finished")) == [routine]
    with translation.override("en"):
        assert shown("routine=on")[routine] == "Remove old finished jobs from the list"


def test_list_pages_show_every_job_once_both_ways(administrator: Client) -> None:
    operations.enqueue_many("tests.note", [{"n": n} for n in range(120)])
    seen: list[int] = []
    url = "/system/jobs"
    pages = []
    while url:
        answer = administrator.get(url)
        pages.append([row.id for row, _label, _light in answer.context["rows"]])
        seen += pages[-1]
        url = answer.context["pager"].older_url
        last = answer
    assert len(seen) == len(set(seen)) == 120
    back = administrator.get(last.context["pager"].newer_url)
    assert [row.id for row, _label, _light in back.context["rows"]] == pages[-2]


@pytest.mark.parametrize("edge", ["x", "-1", "9" * 30, "٣"])
def test_list_ignores_a_nonsensical_edge(administrator: Client, edge: str) -> None:
    assert administrator.get("/system/jobs", {"older": edge}).status_code == 200


def test_list_stays_within_its_queries(administrator: Client, django_assert_max_num_queries: Any) -> None:
    operations.enqueue_many("tests.note", [{"n": n} for n in range(60)])
    with django_assert_max_num_queries(6):
        administrator.get("/system/jobs")


def test_job_page_shows_arguments_history_and_trace(administrator: Client) -> None:
    text = administrator.get(f"/system/jobs/{_job()}").content.decode()
    assert "thing_id" in text
    assert "Put into the queue" in text
    assert "Traceback" in text
    assert "Repeat this job" in text


@pytest.mark.parametrize("number", ["999999", "9" * 25])
def test_job_that_is_gone_is_not_found(administrator: Client, number: str) -> None:
    assert administrator.get(f"/system/jobs/{number}").status_code == 404


def test_retry_puts_the_job_back(administrator: Client) -> None:
    number = _job()
    answer = _send(administrator, f"/system/jobs/{number}/retry")
    assert answer.status_code == 302
    assert ProcrastinateJob.objects.get(pk=number).status == "todo"


@pytest.mark.parametrize(
    ("state", "act"), [("todo", "retry"), ("doing", "retry"), ("doing", "cancel"), ("succeeded", "cancel")]
)
def test_act_on_a_job_that_moved_on_is_refused_in_words(administrator: Client, state: str, act: str) -> None:
    number = _job(state)
    answer = _send(administrator, f"/system/jobs/{number}/{act}")
    assert answer.status_code == 409
    assert "no longer in a state" in answer.content.decode()
    assert ProcrastinateJob.objects.get(pk=number).status == state


def test_act_without_a_mark_is_refused(administrator: Client) -> None:
    number = _job()
    assert administrator.post(f"/system/jobs/{number}/retry").status_code == 400
    assert ProcrastinateJob.objects.get(pk=number).status == "failed"


def test_cancel_takes_the_job_away(administrator: Client) -> None:
    number = _job("todo")
    _send(administrator, f"/system/jobs/{number}/cancel")
    assert ProcrastinateJob.objects.get(pk=number).status == "cancelled"


def test_retry_all_keeps_to_the_filter(administrator: Client) -> None:
    number = _job()
    _send(administrator, "/system/jobs/retry-failed", task="events.rescue_stalled")
    assert ProcrastinateJob.objects.get(pk=number).status == "failed"
    _send(administrator, "/system/jobs/retry-failed", queue="quiet")
    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
