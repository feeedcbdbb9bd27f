"""Two machines, one database, one bucket: a matter goes on at either, whichever answers.

Each machine has a web process, a worker and a data folder of its own; what they share are the secrets and
keys that an operator copies, the database, and the bucket.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.server import SECRET, connected, free_port, serving
from jingkai.config.home import prepare_home
from jingkai.kernel.audit import api as audit
from jingkai.kernel.audit.models import Checkpoint
from jingkai.kernel.exchange.models import Exchange, Export
from jingkai.kernel.exchange.testing import make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.hotline.api import seed_hotline
from jingkai.records.files.models import Attachment
from jingkai.records.files.testing import PDF, S3Server

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine answered."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Person:
    """A browser with its cookies, which goes now to one machine, now to the other."""

    session: str

    def ask(self, port: int, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request; every one that writes bears the form's secret."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={SECRET}"
        told = {"Host": f"localhost:{port}", "Cookie": cookies, "X-CSRFToken": SECRET}
        with connected(port) as line:
            line.request(method, path, body, {**told, **{k.replace("_", "-"): v for k, v in headers.items()}})
            return _answer(line.getresponse())

    def post(self, port: int, path: str, **fields: str) -> Answer:
        """Send a form."""
        return self.ask(port, "POST", path, urlencode(fields).encode(), Content_Type=FORM)


FORM = "application/x-www-form-urlencoded"


def _answer(found: http.client.HTTPResponse) -> Answer:
    return Answer(found.status, found.read(), found.headers.get("Location", ""))


Surroundings = tuple[dict[str, str], dict[str, str]]
WAIT = 120


@pytest.fixture
def prepared(
    hall: Hall,
    trail_folder: Path,
    tmp_path: Path,
    surroundings: Callable[..., dict[str, str]],
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> Surroundings:
    """Two machines that do not run yet: their homes, with the first one's secrets and keys."""
    told = s3_server.variables(tmp_path.name)
    for name in ("URL", "KEY", "SECRET"):  # what the test itself puts in is there, too
        monkeypatch.setattr(settings, f"FILES_{name}", told[f"JINGKAI_FILES_{name}"])
    audit.sign(b"")  # makes the key
    made = []
    for number in range(2):
        home = prepare_home(tmp_path / f"machine-{number}")
        shutil.copytree(settings.SECRETS_FOLDER, home / "secrets", dirs_exist_ok=True)
        shutil.copytree(trail_folder / "keys", home / "keys", dirs_exist_ok=True)
        (home / "secrets" / "secret-key").write_text(settings.SECRET_KEY)
        made.append(surroundings(JINGKAI_HOME=str(home), PORT=str(free_port()), JINGKAI_WORKERS="1", **told))
    return made[0], made[1]


@pytest.fixture
def machines(prepared: Surroundings, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Their web processes run; gives their ports."""
    with ExitStack() as running:
        for number, one in enumerate(prepared):
            running.enter_context(serving(int(one["PORT"]), one, tmp_path / f"serve-{number}.log"))
        yield int(prepared[0]["PORT"]), int(prepared[1]["PORT"])


def test_nothing_belongs_to_the_machine_that_answered(
    hall: Hall, prepared: Surroundings, machines: tuple[int, int], tmp_path: Path
) -> None:
    """A matter, an order of another system, a list and the checkpoints of the trail, at both machines."""
    go_on_with_a_matter(hall, machines, tmp_path)
    send_an_order_to_both(machines)
    take_a_list_at_either(hall, prepared, machines, tmp_path)
    sign_in_turn(prepared)


def go_on_with_a_matter(hall: Hall, machines: tuple[int, int], tmp_path: Path) -> None:
    """Files, form marks, log-ins and the case itself: nothing of them stays on the machine that answered."""
    one, two = machines
    client = Client()
    hall.log_in(client, "handler")
    person = Person(client.cookies[settings.SESSION_COOKIE_NAME].value)
    draft = hall.draft(at=timezone.now())

    given = person.ask(
        one, "PUT", f"/my/{draft.uuid}/materials/fire-design/upload/", PDF, X_File_Name="a.pdf"
    )
    assert given.status == 201, given.text
    attachment = Attachment.objects.get(owner_kind="application", owner_id=draft.pk)
    taken = person.ask(two, "GET", f"/files/{attachment.uuid}")
    assert (taken.status, taken.body) == (200, PDF), (taken.text, _logs(tmp_path))
    assert not list((tmp_path / "machine-1" / "files" / "objects").glob("*/*/*"))

    hall.give_all(draft, at=timezone.now())
    address = f"/my/{draft.uuid}/submit/"
    page = person.ask(one, "GET", f"/my/{draft.uuid}/check/").text
    mark = re.findall(r'name="_once" value="([^"]+)"', page.split(f'action="{address}"', 1)[1])[0]
    handed = person.post(two, address, _once=mark)
    assert handed.status == 302, handed.text
    again = person.post(one, address, _once=mark)
    assert (again.status, again.location) == (302, handed.location)
    assert Application.objects.filter(case__isnull=False).count() == 1
    assert person.ask(two, "GET", f"/my/{draft.uuid}/").status == 200

    clerk_client = Client()
    hall.log_in(clerk_client, "clerk")
    clerk = Person(clerk_client.cookies[settings.SESSION_COOKIE_NAME].value)
    case = hall.case(hall.fresh(draft))
    assert [clerk.ask(port, "GET", f"/cases/{case.uuid}/").status for port in machines] == [200, 200]
    clerk_client.logout()
    assert [clerk.ask(port, "GET", f"/cases/{case.uuid}/").status for port in machines] == [302, 302]


def send_an_order_to_both(machines: tuple[int, int]) -> None:
    """The same key at the other machine gives the answer of the first."""
    seed_hotline(by=SYSTEM, at=timezone.now())
    token = make_token(["work-orders:write"])[1]
    said = [_order(port, token) for port in (*machines, *machines)]
    assert {answer.status for answer in said} == {201}
    assert len({answer.body for answer in said}) == 1
    assert Exchange.objects.filter(direction="in").count() == 1


def take_a_list_at_either(
    hall: Hall, prepared: Surroundings, machines: tuple[int, int], tmp_path: Path
) -> None:
    """A list that was ordered at one machine is written by either worker and taken at both."""
    client = Client()
    hall.log_in(client, "clerk")
    clerk = Person(client.cookies[settings.SESSION_COOKIE_NAME].value)
    with working(prepared[0], tmp_path / "work-0.log"), working(prepared[1], tmp_path / "work-1.log"):
        page = clerk.ask(machines[0], "GET", "/cases/").text
        mark = re.findall(r'name="_once" value="([^"]+)"', page.split('action="/exports/order/"', 1)[1])[0]
        ordered = clerk.post(machines[0], "/exports/order/", source="inbox.cases", _once=mark)
        assert ordered.status == 302, ordered.text
        _until(lambda: Export.objects.filter(state="done").exists(), tmp_path)
        _until(lambda: Checkpoint.objects.exists(), tmp_path)
    for port in machines:
        taken = clerk.ask(port, "GET", f"{ordered.location}file/")
        assert taken.status == 200, _logs(tmp_path)
        assert hashlib.sha256(taken.body).hexdigest() == Export.objects.get().sha256
    assert not list(tmp_path.glob("machine-*/exports/*"))


def sign_in_turn(prepared: Surroundings) -> None:
    """Both machines sign one chain of checkpoints."""
    before = Checkpoint.objects.count()
    for number, machine in enumerate((*prepared, *prepared), 1):
        audit.record(("cases.case", 1), action="case.step", by=SYSTEM, at=timezone.now())
        assert "checkpoint" in _run(machine, "audit", "checkpoint")
        assert Checkpoint.objects.count() == before + number
    found = [json.loads(_run(machine, "audit", "verify", "--json")) for machine in prepared]
    assert [(one["intact"], one["checkpoints"], one["after_checkpoint"]) for one in found] == [
        (True, before + 4, 0)
    ] * 2


@contextmanager
def working(machine: dict[str, str], log: Path) -> Iterator[None]:
    """The worker of a machine, until the block ends."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jingkai", "worker"], env=machine, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _run(machine: dict[str, str], *command: str) -> str:
    """What a command says at a machine; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "jingkai", *command], env=machine, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _until(there: Callable[[], bool], tmp_path: Path) -> None:
    """Look until something is there, or give up with what was said."""
    late = time.monotonic() + WAIT
    while not there():
        assert time.monotonic() < late, _logs(tmp_path)
        time.sleep(0.2)


def _logs(tmp_path: Path) -> str:
    """What both machines said."""
    return "".join(path.read_text()[-2000:] for path in sorted(tmp_path.glob("*.log")))


def _order(port: int, token: str) -> Answer:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": "one",
        "Content-Type": "application/json",
    }
    body = '{"orderNumber": "12345-1", "title": "路灯不亮"}'.encode()
    with connected(port) as line:
        line.request("POST", "/api/v1/work-orders", body, {**headers, "Host": f"localhost:{port}"})
        return _answer(line.getresponse())
