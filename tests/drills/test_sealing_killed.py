"""A process that is killed (SIGKILL) in the middle of sealing leaves everything or nothing behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from jingkai.casework.cases.models import Task
from jingkai.kernel.audit import api as audit
from jingkai.kernel.notices.models import Notice
from jingkai.modules.approvals.models import Application, Decision
from jingkai.modules.approvals.testing import Hall
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.models import StoredFile
from jingkai.records.files.queries import missing_objects
from jingkai.records.numbering import api as numbering
from jingkai.records.numbering.models import Counter, IssuedNumber
from jingkai.records.seals.models import SealUse

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

AT = "2026-03-09 09:30"
FOLDERS = ("FILES_FOLDER", "SEALS_FOLDER", "HOME", "CHECKPOINTS_FOLDER")
SEAL = """
import json, os, signal, sys, threading
from datetime import datetime
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.db import connection
from jingkai.casework.cases.models import Task
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.modules.approvals import operations

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def seal(told):
    for name, folder in told["folders"].items():
        setattr(settings, name, Path(folder))

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if told["after"] and told["after"] in sql:
            die()
        return result

    at = datetime.fromisoformat(told["at"])
    by = actor_for_person(told["custodian"], at.date())
    task = Task.objects.select_related("case").get(pk=told["task"])
    connection.ensure_connection()
    commit = connection._commit
    def committing():
        if told["commit"] == "before":
            die()
        commit()
        if told["commit"] == "after":
            die()
    connection._commit = committing
    with connection.execute_wrapper(watch):
        operations.apply_seal(task=task, by=by, at=at)

for line in sys.stdin:
    assert threading.active_count() == 1
    if not (child := os.fork()):
        seal(json.loads(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
BEFORE_COMMIT = [
    "INTO numbering_counter",
    'INSERT INTO "documents_issueddocument"',
    'INSERT INTO "seals_sealuse"',
    'UPDATE "approvals_application"',
    'INSERT INTO "notices_notice"',
]


class Elsewhere:
    """A process that has loaded the product; each sealing is done by a copy of it, which may kill itself."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-c", SEAL],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log.open("w"),
            text=True,
        )

    def seal(self, hall: Hall, matter: Application, after: str = "", commit: str = "") -> int:
        """Apply the seal in another process that kills itself at a point; gives how it ended."""
        told = {
            "folders": {name: str(getattr(settings, name)) for name in FOLDERS},
            "at": "2026-03-09T09:30:00+08:00",
            "custodian": hall.cast.person("custodian").pk,
            "task": Task.objects.get(case_id=matter.case_id, node_id="seal").pk,
            "after": after,
            "commit": commit,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        ended = self.process.stdout.readline().strip()
        assert ended in ("0", str(-signal.SIGKILL)), ended + self.log.read_text()[-3000:]
        wait_until_nobody_else_is_connected()
        return int(ended)


@pytest.fixture
def elsewhere(surroundings: Callable[..., dict[str, str]], tmp_path: Path) -> Iterator[Elsewhere]:
    """Another process on the test's database."""
    running = Elsewhere(surroundings(), tmp_path / "elsewhere.log")
    yield running
    running.process.kill()
    running.process.wait()


def wait_until_nobody_else_is_connected() -> None:
    """Wait until the server has noticed the death and rolled back."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
    pytest.fail("the killed process still holds a connection")


def standing(hall: Hall, matter: Application) -> dict[str, Any]:
    """Everything that a seal changes."""
    return {
        "application": hall.fresh(matter).state,
        "decisions": list(Decision.objects.values_list("document", "sealed_by", "sealed_at")),
        "documents": list(IssuedDocument.objects.order_by("pk").values_list("number_text", "state")),
        "numbers": list(IssuedNumber.objects.order_by("pk").values_list("text", flat=True)),
        "counters": list(Counter.objects.order_by("pk").values_list("series", "last")),
        "uses": SealUse.objects.count(),
        "files": StoredFile.objects.count(),
        "tasks": list(Task.objects.order_by("pk").values_list("node_id", "state")),
        "notices": Notice.objects.count(),
        "clock": hall.clock(matter, "fire").state,
    }


def is_whole() -> bool:
    """Numbers without gaps, papers with their bytes, a trail that verifies."""
    assert numbering.find_gaps() == []
    assert missing_objects(StoredFile.objects.all()) == []
    orphans = IssuedDocument.objects.filter(kind="approvals.result").exclude(
        pk__in=Decision.objects.exclude(document=None).values("document")
    )
    assert not orphans.exists()
    return audit.verify().intact


def test_kill_in_the_middle_of_sealing_leaves_everything_or_nothing(hall: Hall, elsewhere: Elsewhere) -> None:
    """One matter, killed at every stage of its sealing, then sealed; then one killed after its commit."""
    matter = hall.bring_to("signed")
    before = standing(hall, matter)
    for point in BEFORE_COMMIT:
        assert elsewhere.seal(hall, matter, after=point) == -signal.SIGKILL, point
        assert standing(hall, matter) == before, point
        assert is_whole()
    assert elsewhere.seal(hall, matter, commit="before") == -signal.SIGKILL
    assert standing(hall, matter) == before
    assert is_whole()
    assert elsewhere.seal(hall, matter) == 0
    assert sealed_number(hall, matter) == "示开消审〔2026〕1号"
    assert is_whole()
    second = hall.bring_to("signed")
    assert elsewhere.seal(hall, second, commit="after") == -signal.SIGKILL
    assert sealed_number(hall, second) == "示开消审〔2026〕2号"
    assert hall.fresh(second).state == Application.State.DECIDED
    assert not Task.objects.filter(state=Task.State.OPEN).exists()
    assert is_whole()


def sealed_number(hall: Hall, matter: Application) -> str:
    """The number of the sealed result."""
    document = hall.decision(matter).document
    assert document is not None
    assert document.state == "valid"
    return document.number_text
