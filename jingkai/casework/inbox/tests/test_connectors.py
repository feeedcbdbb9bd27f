"""What leaves the zone: the calendar of a person, and the to-do centre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from icalendar import Calendar

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.inbox.connectors.todo_centre import TodoCentre, TodoCentreFailed
from jingkai.casework.inbox.connectors.todo_standin import Centre, serving
from jingkai.casework.inbox.models import CalendarFeed, TodoPush
from jingkai.casework.inbox.operations import todos
from jingkai.casework.inbox.web.todos import SHEET
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(timed_case: Any, cast: Any) -> Task:
    """The acceptance, due in five working days, on a clerk."""
    return cases.claim_task(task=open_task(timed_case, "accept"), by=cast.clerk, at=NOW)


def make(client: Any, cast: Any, **data: str) -> str:
    sent = with_token(dict(data), user=login_of(cast.clerk))
    assert client.post(reverse("inbox:make_feed"), sent).status_code == 302
    address = client.get(reverse("inbox:my_feed")).context["address"]
    return "/" + address.split("/", 3)[3]


def test_the_calendar_holds_the_due_dates_of_own_tasks_and_no_titles(mine, browser, client, cast):
    address = make(browser(cast.clerk), cast)
    answer = client.get(address)  # without any login
    assert answer["Content-Type"].startswith("text/calendar")
    book = Calendar.from_ical(answer.content)
    (event,) = book.walk("VEVENT")
    mine.refresh_from_db()
    assert event.decoded("dtstart") == timezone_date(mine)
    assert mine.case.reference in str(event["summary"])
    assert "二期厂房" not in answer.content.decode()
    titled = make(browser(cast.clerk), cast, with_titles="1")
    assert "二期厂房" in str(Calendar.from_ical(client.get(titled).content).walk("VEVENT")[0]["summary"])
    assert client.get(address).status_code == 404, "the address before stops working"


def timezone_date(task: Task) -> Any:
    from django.utils import timezone

    assert task.due_at is not None
    return timezone.localdate(task.due_at)


def test_a_revoked_or_forged_address_tells_nothing(mine, browser, client, cast):
    address = make(browser(cast.clerk), cast)
    assert client.get(address.replace("-1", "-2")).status_code == 404
    assert client.get(reverse("inbox:calendar", args=["nothing"])).status_code == 404
    sent = with_token(user=login_of(cast.clerk))
    assert browser(cast.clerk).post(reverse("inbox:revoke_feed"), sent).status_code == 302
    assert client.get(address).status_code == 404
    assert CalendarFeed.objects.get().revoked_at == NOW


@pytest.fixture
def centre(settings: Any) -> Any:
    """A to-do centre on this machine, to which the installation is connected."""
    made = Centre(app_key="k", app_secret="s", now=NOW.timestamp)
    with serving(made) as address:
        settings.TODO_URL, settings.TODO_KEY, settings.TODO_SECRET = address, "k", "s"
        yield made


def test_the_centre_is_told_once_who_has_a_task_and_when_it_is_through(mine, centre, cast):
    todos.sync_todos(task_id=mine.pk, at=NOW)
    todos.sync_todos(task_id=mine.pk, at=NOW)
    run_jobs()
    run_jobs()
    (todo,) = centre.todos.values()
    assert (todo["status"], todo["receiver"]["name"]) == ("open", "李受理")
    assert todo["title"] == "受理：二期厂房"
    cases.transfer_task(task=mine, to=cast.clerk_2.party_id, by=cast.clerk, at=NOW)
    todos.sync_todos(task_id=mine.pk, at=NOW)
    run_jobs()
    told = {todo["receiver"]["name"]: todo["status"] for todo in centre.todos.values()}
    assert told == {"李受理": "done", "周窗口": "open"}
    finish(mine.case, "accept", "accept", by=cast.clerk_2)
    todos.reconcile_todos(at=NOW)
    run_jobs()
    assert {todo["status"] for todo in centre.todos.values()} == {"done"}
    assert len(centre.calls) == 4


def test_what_the_centre_was_not_told_is_entered_by_hand(mine, centre, cast):
    centre.fault = "down"
    todos.sync_todos(task_id=mine.pk, at=NOW)
    run_jobs()
    (line,) = SHEET.lines(NOW)
    told = SHEET.fields(line.key)
    assert told is not None
    assert mine.case.reference in [value for _label, value in told.fields]
    assert SHEET.done is not None
    assert SHEET.done(line.key, "C-1", cast.system_admin, NOW)
    assert not SHEET.done(line.key, "C-2", cast.system_admin, NOW)
    assert (TodoPush.objects.get().state, SHEET.lines(NOW)) == ("sent", [])
    assert SHEET.fields("nonsense") is None


def test_a_failure_is_seen_and_repeated_by_the_administrator(mine, centre, browser, cast):
    centre.fault = "down"
    todos.sync_todos(task_id=mine.pk, at=NOW)
    run_jobs()
    row = TodoPush.objects.get()
    assert (row.state, row.tries) == ("failed", 1)
    assert "503" in row.error
    for number in range(1, 6):
        todos.push_todo(push_id=row.pk, clock=lambda at=NOW + timedelta(hours=number): at)
    row.refresh_from_db()
    assert row.state == "given_up"
    page = reverse("inbox:todo_centre")
    assert browser(cast.clerk).get(page).status_code == 403
    client = browser(cast.system_admin)
    assert "HTTP 503" in client.get(page).content.decode()
    centre.fault = ""
    sent = with_token(user=login_of(cast.system_admin))
    assert client.post(reverse("inbox:repeat_todos"), sent).status_code == 302
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.known) == ("sent", "open")
    assert len(centre.todos) == 1


def test_a_wrong_secret_or_a_repeated_word_is_refused(centre, settings):
    with pytest.raises(TodoCentreFailed, match="401"):
        TodoCentre(settings.TODO_URL, "k", "wrong").create({"todoId": "1"}, at=NOW)
    with pytest.raises(TodoCentreFailed, match="401"):
        TodoCentre(settings.TODO_URL, "k", "s").create({"todoId": "1"}, at=NOW - timedelta(hours=1))
    assert centre.todos == {}


def test_without_a_centre_nothing_is_sent(mine, settings):
    settings.TODO_URL = ""
    todos.sync_todos(task_id=mine.pk, at=NOW)
    run_jobs()
    assert TodoPush.objects.get().known == ""
