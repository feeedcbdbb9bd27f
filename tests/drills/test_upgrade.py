"""The release before runs under load while this one takes its place: no answer 5xx, nothing lost.

The older code comes out of the history, as its notes name it (docs/releases). A little proxy stands before
two ports, as the operator's own does: a process is taken out of it, finishes what it has, and is replaced.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import free_port, get
from jingkai.config.environment import PROJECT
from tests.drills.installation import Installation
from tests.drills.killing import Journal, Sender
from tests.drills.replicas import eventually

pytestmark = pytest.mark.drill
CLIENTS = 2
PAGES = ("/", "/evaluations/", "/track/", "/fees/", "/powers/")
OWN_PAGES = ("/desk/", "/cockpit/", "/efficiency/", "/cases/")
PACE = 0.5
"""Seconds between two pages of one reader: the load of an office, on a machine that also starts processes."""
ENOUGH = 5
"""Orders that are acknowledged between two steps of the operator."""

FOUND = """
import json, sys
from datetime import date
from jingkai.config.installation import open_installation
open_installation()
from django.conf import settings
from django.test import Client
from django.utils import timezone
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.calendar.api import load_year
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.exchange.testing import make_token
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.parties import api as parties
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.hotline.api import seed_hotline
at = timezone.now()
today = timezone.localdate(at)
seed_hotline(by=SYSTEM, at=at)
for year in {at.year, at.year + 1} - set(CalendarYear.objects.values_list("year", flat=True)):
    load_year(year=year, days=[], source="演练", by=SYSTEM, at=at)
unit = organisation.unit_by_code("committee")
draft = organisation.PostDraft(title="主任", title_en="Director")
post = organisation.create_post(unit=unit, draft=draft, by=SYSTEM, at=at)
post.roles.set([Role.objects.get(code="leader")])
person = parties.register_person(name="丁一", by=SYSTEM, at=at)
organisation.appoint(person=person, post=post, starts_on=today.replace(day=1), by=SYSTEM, at=at)
client = Client()
log_in(client, organisation.actor_for_person(person.pk, today))
tokens = [make_token(["work-orders:write"], rate=6000)[1] for _ in range(int(sys.argv[1]))]
print(json.dumps({"session": client.cookies[settings.SESSION_COOKIE_NAME].value, "tokens": tokens}))
"""
TAKEN_IN = "SELECT outside_number FROM exchange_exchange WHERE direction = 'in'"


@pytest.fixture
def older(place: Path) -> Path:
    """The code of the release before, with this release's styles: they are built, not kept."""
    notes = sorted((PROJECT / "docs" / "releases").glob("[0-9]*.md"), key=_number)[-2]
    commit = re.findall(r"\b[0-9a-f]{40}\b", notes.read_text(encoding="utf-8"))[0]
    tree = place / "older"
    tree.mkdir()
    archive = subprocess.run(["git", "-C", PROJECT, "archive", commit], capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"no history here: {commit} of release {notes.stem} cannot be taken out")
    subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)
    for built in ("jingkai/ui/static/ui/dist",):
        shutil.copytree(PROJECT / built, tree / built, dirs_exist_ok=True)
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=tree, check=True)
    return tree


def _number(notes: Path) -> tuple[int, ...]:
    return tuple(map(int, notes.stem.split(".")))


@dataclass
class Proxy:
    """Passes connections on to the backends that are in; nothing is sent to one that was taken out."""

    inside: list[int] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    open: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen until the block ends."""
        with socket.create_server(("127.0.0.1", self.port), backlog=128) as listener:
            threading.Thread(target=self._accept, args=[listener], daemon=True).start()
            yield

    def take_out(self, port: int) -> None:
        """Send nothing more to a backend and return when it has answered what it had."""
        with self.lock:
            self.inside.remove(port)
        eventually(lambda: not self.open[port], f"the last answer from {port}")

    def put_in(self, port: int) -> None:
        """Send to a backend from now on."""
        with self.lock:
            self.inside.append(port)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _address = listener.accept()
                with self.lock:
                    port = min(self.inside, key=lambda one: self.open[one])
                    self.open[port] += 1
                threading.Thread(target=self._pass_on, args=[line, port], daemon=True).start()

    def _pass_on(self, line: socket.socket, port: int) -> None:
        try:
            with line, socket.create_connection(("127.0.0.1", port)) as behind:
                other = {line: behind, behind: line}
                while ready := select.select(list(other), [], [])[0]:
                    for one in ready:
                        if not (piece := one.recv(65536)):
                            return
                        other[one].sendall(piece)
        except OSError:
            return
        finally:
            with self.lock:
                self.open[port] -= 1


class PatientSender(Sender):
    """One that asks again only after an answer that is none: a machine that is busy is no fault here."""

    timeout, pace = 120.0, PACE


class Reader(threading.Thread):
    """Somebody who opens one page after the other and counts the answers by their kind."""

    def __init__(self, port: int, pages: tuple[str, ...], cookie: str, stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.pages, self.cookie, self.stopped = port, pages, cookie, stopped
        self.answers: Counter[str] = Counter()

    def run(self) -> None:
        """Read until told to stop."""
        number = 0
        while not self.stopped.is_set():
            page = self.pages[number % len(self.pages)]
            number += 1
            self.answers[f"{page} {self._read(page)}"] += 1
            self.stopped.wait(PACE)

    def _read(self, page: str) -> str:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.request("GET", page, headers={"Host": "localhost", "Cookie": self.cookie})
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            line.close()
        return str(answer.status)


@dataclass
class Operator:
    """The zone of one database, in which each process runs the code of a tree."""

    installation: Installation
    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def told(self, tree: Path, **more: str) -> dict[str, str]:
        """The environment of a process that runs the code of a tree."""
        return self.installation.environment(PYTHONPATH=str(tree), JINGKAI_WORKERS="1", **more)

    def run(self, tree: Path, *arguments: str, program: str = "") -> str:
        """Run a command, or a piece of Python, to its end; gives what it printed."""
        command = ["-c", program, *arguments] if program else ["-m", "jingkai", *arguments]
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tree,
            env=self.told(tree),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, tree: Path, name: str, *arguments: str, port: int = 0) -> None:
        """Start a process over the database."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "jingkai", *arguments],
                cwd=tree,
                env=self.told(tree, PORT=str(port or free_port())),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def serve(self, tree: Path, name: str, port: int) -> None:
        """Start a web process and return when it is ready, as a proxy asks it; shows what a dead one said."""
        self.start(tree, name, "serve", port=port)

        def answers() -> bool:
            assert self.processes[name].poll() is None, (self.logs / f"{name}.log").read_text()
            with suppress(OSError):
                return get(port, "/health/ready")[0] == 200
            return False

        eventually(answers, f"an answer of {name} from {port}")

    def end(self, name: str) -> None:
        """End a process as a supervisor does."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_this_release_takes_the_place_of_the_one_before_under_load(place: Path, older: Path) -> None:
    """Migrate beside what runs, then worker, then web by web: every answer is whole, every order is there."""
    practise(place, older, back=False)


@pytest.mark.long
def test_the_release_before_takes_its_place_again_under_load(place: Path, older: Path) -> None:
    """The same, and the way back in the opposite order; the tables stay as the newer release made them."""
    practise(place, older, back=True)


def practise(place: Path, older: Path, *, back: bool) -> None:
    """Take the steps of the notes while people work; nothing may be refused, lost or answered by half."""
    installation = Installation(place / "home")
    operator = Operator(installation, place)
    proxy, journal, stopped = Proxy(), Journal(), threading.Event()
    ports = {"one": free_port(), "two": free_port()}
    with installation.server.in_use(), proxy.running():
        known = first_day(operator, older)
        for name, port in ports.items():  # one after the other: two of 0.1.0 at once trip over each other
            operator.serve(older, name, port)
            proxy.put_in(port)
        operator.start(older, "worker", "worker")
        senders = [
            PatientSender(f"U{n}", proxy.port, t, journal, stopped) for n, t in enumerate(known["tokens"])
        ]
        cookie = f"jingkai_session={known['session']}"
        readers = [Reader(proxy.port, PAGES, "", stopped), Reader(proxy.port, OWN_PAGES, cookie, stopped)]
        for thread in (*senders, *readers):
            thread.start()
        try:
            go_on(journal)
            operator.run(PROJECT, "migrate")
            go_on(journal)
            change_worker(operator, PROJECT)
            change_webs(operator, proxy, ports, PROJECT, journal)
            if back:
                change_webs(operator, proxy, ports, older, journal)
                change_worker(operator, older)
                go_on(journal)
        finally:
            stopped.set()
            for thread in (*senders, *readers):
                thread.join(60)
            for name in list(operator.processes):
                operator.end(name)
        taken = orders(installation)
    answers = sum((reader.answers for reader in readers), Counter[str]())
    way = "Upgrade and way back" if back else "Upgrade"
    print(  # noqa: T201
        f"\n{way} under load: {len(journal.acknowledged)} orders, {answers.total()} pages: {dict(answers)}"
    )
    assert {line for line in answers if not line.endswith(" 200")} == set()
    assert journal.asked_again == {}
    assert [text for sender in senders for text in sender.refused] == []
    assert sorted(order for _at, order in journal.acknowledged) == sorted(taken)


def change_worker(operator: Operator, tree: Path) -> None:
    """Let the worker of a release take the place of the one that runs."""
    operator.end("worker")
    operator.start(tree, "worker", "worker")


def change_webs(
    operator: Operator, proxy: Proxy, ports: dict[str, int], tree: Path, journal: Journal
) -> None:
    """Let the web processes of a release take the place of those that run, one after the other."""
    for name, port in ports.items():
        proxy.take_out(port)
        operator.end(name)
        operator.serve(tree, name, port)
        proxy.put_in(port)
        go_on(journal)


def first_day(operator: Operator, older: Path) -> dict[str, Any]:
    """Set a zone up with the older release, with a person who is logged in and systems that may write."""
    operator.run(older, "migrate")
    operator.run(older, "setup", "zone", "--name", "演练开发区", "--administrators", "甲", "乙", "丙")
    found: dict[str, Any] = json.loads(operator.run(older, str(CLIENTS), program=FOUND).splitlines()[-1])
    return found


def go_on(journal: Journal) -> None:
    """Return after some more orders were acknowledged."""
    before = len(journal.acknowledged)
    eventually(lambda: len(journal.acknowledged) >= before + ENOUGH, "more orders to be acknowledged")


def orders(installation: Installation) -> list[str]:
    """The orders that the database holds."""
    with installation.connect() as connection:
        return [number for (number,) in connection.execute(TAKEN_IN).fetchall()]
