"""The database is slow, silent, cut off, or its answer is lost after the commit: told in words, nothing lost.

Between the product and its server lies a line that breaks as networks do. Clients keep their journal all the
while; a person has a page open and a form to send.
"""

from __future__ import annotations

import html
import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.server import SECRET
from jingkai.config.connections import ANSWER_WITHIN, LINE_WITHIN
from jingkai.config.environment import APP_ROLE, socket_folder
from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer, make_clients
from tests.drills.installation import Installation
from tests.drills.killing import OFFICE, THOROUGH, Load, Zone, last_look, under_load, whole
from tests.drills.line import Line

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
BREAKS = 5 if THOROUGH else 3
"""How often lines break at each place: in `make drill`, and in a test run."""
AWAY = "系统暂时无法读写数据"
BOUND = 3 * (ANSWER_WITHIN + LINE_WITHIN)
"""Seconds: a page may wait for one line and one answer; thrice that is a sign of life only."""
REASON = "因项目调整，暂不申请。"


class Person:
    """A browser that is logged in."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Open a page or send a form."""
        own = f"http://localhost:{self.port}"
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={SECRET}"
        headers = {"Host": f"localhost:{self.port}", "Cookie": cookies, "Origin": own}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND)
        try:
            line.request(method, path, urlencode(fields).encode(), headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            line.close()

    def opens(self, path: str) -> bool:
        """Whether a page opens, within half a minute of asking again and again."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.ask("GET", path)[0] == 200:
                return True
            time.sleep(0.2)
        return False


@contextmanager
def on_a_line(made: Installation) -> Iterator[tuple[Installation, Line]]:
    """The same installation, whose database is reached over a line."""
    address = made.server.address(APP_ROLE)
    line = Line(socket_folder(made.home) / f".s.PGSQL.{address.port}")
    url = f"postgresql://{address.user}:{address.password}@127.0.0.1:{line.port}/{address.name}"
    try:
        yield replace(made, variables={"DATABASE_URL": url}), line
    finally:
        line.close()


def test_a_bad_line_to_the_database_loses_nothing(hall: Hall, install_here: Installer, place: Path) -> None:
    """Lost answers, a cut, a slow and a silent line under load; a form is carried out once."""
    tokens, client = make_clients(), Client()
    hall.log_in(client, "handler")
    matters = [hall.submit(hall.give_all(hall.draft(at=timezone.now())), at=timezone.now()) for _ in "12"]
    pages = [f"/my/{matter.uuid}/withdraw/" for matter in matters]
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with on_a_line(install_here()) as (made, line):
        zone = Zone(made, place)
        with under_load(zone, tokens, pace=OFFICE) as load:
            person = Person(zone.port, session)
            lose_answers(load, line)
            lose_the_answer_to_a_form(person, line, pages[0])
            cut(load, line, person, tokens[0], pages[1])
            slow(load, line, person)
            fall_silent(load, line, person)
            goes_on = worker_goes_on(made)
        assert goes_on, (place / "worker.log").read_text()[-3000:]
        whole(load.journal, load.refused, last_look(made))
        assert withdrawals(made) == len(matters)


def lose_answers(load: Load, line: Line) -> None:
    """Lines break at a commit and in the middle of other statements, over and over."""
    for kind in ("commit", "statement") * BREAKS:
        line.break_next(kind)
        load.await_next(time.monotonic())
    assert min(line.broken["commit"], line.broken["statement"]) >= BREAKS - 1


def lose_the_answer_to_a_form(person: Person, line: Line, page: str) -> None:
    """A form is committed and the answer lost: the page says so and sends it again, with one effect."""
    fields = form_of(person, page)
    line.break_commit_of(page)
    status, body, _headers = person.ask("POST", page, **fields)
    assert (status, AWAY in body) == (503, True)
    assert person.ask("POST", page, **fields_in(body))[0] == 302


def cut(load: Load, line: Line, person: Person, token: str, page: str) -> None:
    """No line for a while: words, a hint when to come again, and what was typed, ready to be sent again."""
    fields = form_of(person, page)
    with line.being_cut():
        status, body, headers = person.ask("GET", "/my/")
        assert (status, headers["Retry-After"]) == (503, "5"), body[-2000:]
        assert AWAY in body
        status, body, _headers = person.ask("POST", page, **fields)
        assert (status, AWAY in body) == (503, True)
        assert body.count(REASON) == 2
        kept = fields_in(body)
        assert kept == fields
        api = call(person.port, token)
        assert api == (503, "5", "application/problem+json")
    assert person.opens("/my/")
    load.await_next(time.monotonic())
    assert person.ask("POST", page, **kept)[0] == 302


def slow(load: Load, line: Line, person: Person) -> None:
    """A slow line: slower pages, nothing else."""
    with line.being_slow(0.02):
        assert person.ask("GET", "/my/")[0] == 200
        load.await_next(time.monotonic())


def fall_silent(load: Load, line: Line, person: Person) -> None:
    """A server that says nothing any more: the page tells in bounded time, and all goes on afterwards."""
    with line.being_silent():
        status, body, headers = person.ask("GET", "/my/")
        assert (status, headers["Retry-After"]) == (503, "5"), body[-2000:]
    assert person.opens("/my/")
    load.await_next(time.monotonic())


def form_of(person: Person, page: str) -> dict[str, str]:
    """Open a form and fill it in."""
    status, body, _headers = person.ask("GET", page)
    assert status == 200, body[-2000:]
    return {**fields_in(body, required=("_once",)), "reason": REASON, "csrfmiddlewaretoken": SECRET}


def fields_in(body: str, required: tuple[str, ...] = ()) -> dict[str, str]:
    """The hidden fields of a page's own form."""
    form = body.split('class="panel in"', 1)[1].split("</form>", 1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {html.unescape(name): html.unescape(value) for name, value in found}
    return {name: fields[name] for name in required or fields}


def call(port: int, token: str) -> tuple[int, str | None, str | None]:
    """Hand an order over while the database is away: status, when to come again, and the kind of answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=BOUND)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "away", "Host": f"localhost:{port}"}
    headers["Content-Type"] = "application/json"
    try:
        line.request("POST", "/api/v1/work-orders", b'{"orderNumber": "away", "title": "-"}', headers)
        answer = line.getresponse()
        answer.read()
        return answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"]
    finally:
        line.close()


def worker_goes_on(made: Installation) -> bool:
    """Whether the worker that lived through all of it opens the cases of orders that come in now."""
    mark, until = newest(made, "true"), time.monotonic() + 90
    while time.monotonic() < until:
        if newest(made, "status = 'succeeded'") > mark:
            return True
        time.sleep(0.5)
    return False


def newest(made: Installation, condition: str) -> int:
    """The newest job that opens a case, of those that meet a condition."""
    with made.connect() as connection:
        row: Any = connection.execute(
            "SELECT coalesce(max(id), 0) FROM procrastinate_jobs"
            f" WHERE task_name LIKE 'hotline.%' AND {condition}"
        ).fetchone()
    return int(row[0])


def withdrawals(made: Installation) -> int:
    """How often something was withdrawn, by the trail."""
    with made.connect() as connection:
        row: Any = connection.execute(
            "SELECT count(*) FROM audit_trailentry WHERE action = 'case.withdrawn'"
        ).fetchone()
    return int(row[0])
