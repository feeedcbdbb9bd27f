"""Boards and statistics read a real streaming replica, within its bound, and the primary beyond it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from benchmarks.server import connected, free_port, serving
from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer
from tests.drills.installation import Installation
from tests.drills.replicas import Standby, eventually, following

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
AS_OF = "数据取自只读副本，截至"


@dataclass(frozen=True, slots=True)
class Desk:
    """A leader before the board of one web process; `call` gives the one matter on it another name."""

    port: int
    session: str
    installation: Installation

    def call(self, title: str) -> None:
        """Write to the primary what the board shows as soon as it is of a later moment."""
        with self.installation.connect() as line:
            line.execute("UPDATE cases_case SET title = %s", [title])

    def board(self) -> str:
        """The board as the leader sees it now."""
        return self.page("/cockpit/")

    def page(self, path: str) -> str:
        """A page in the leader's session."""
        told = {"Host": f"localhost:{self.port}", "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}"}
        with connected(self.port) as line:
            line.request("GET", path, headers=told)
            answer = line.getresponse()
            said = answer.read().decode()
        assert answer.status == 200, said[-2000:]
        return said


def test_the_board_reads_the_replica_within_its_bound(
    hall: Hall, install_here: Installer, place: Path
) -> None:
    """Near enough: the replica, and the page says as of when; too far behind or away: the primary."""
    hall.bring_to("accepted")
    client = Client()
    hall.log_in(client, "leader")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    installation = install_here()
    with following(installation, place / "replica", "reading") as standby, ExitStack() as running:

        def desk(lag: int) -> Desk:
            port = free_port()
            told = {"DATABASE_REPLICA_URL": standby.url(), "JINGKAI_REPLICA_LAG": str(lag)}
            told |= {"PORT": str(port), "JINGKAI_WORKERS": "1"}
            log = place / f"serve-{lag}.log"
            running.enter_context(serving(port, installation.environment(**told), log))
            return Desk(port, session, installation)

        patient, strict = desk(600), desk(2)
        near(patient, standby)
        far(patient, strict, standby)
        away(patient, standby)


def near(desk: Desk, standby: Standby) -> None:
    """What was written comes to the board by way of the replica, which refuses every write."""
    desk.call("甲号")
    eventually(lambda: "甲号" in desk.board(), "the matter on the board")
    boards = ("/cockpit/", "/cockpit/people/", "/cockpit/flows/", "/efficiency/", "/evaluations/")
    for path in (*boards, "/windows/statistics"):
        assert AS_OF in desk.page(path), path
    assert AS_OF not in desk.page("/desk/")
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'jingkai_app'"
    assert standby.ask(sessions) >= 1
    with standby.connect("jingkai_app") as line, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        line.execute("UPDATE cases_case SET title = ''")


def far(patient: Desk, strict: Desk, standby: Standby) -> None:
    """A replica that stands still: one board is content with what it has, the other goes to the primary."""
    standby.ask("SELECT pg_wal_replay_pause()")
    patient.call("乙号")
    assert "乙号" not in patient.board()
    eventually(lambda: "乙号" in strict.board(), "the strict board to leave the replica")
    assert AS_OF not in strict.board()
    assert "乙号" not in patient.board()
    standby.ask("SELECT pg_wal_replay_resume()")
    eventually(lambda: "乙号" in patient.board(), "the matter on the board that waits")
    eventually(lambda: AS_OF in strict.board(), "the strict board to come back")


def away(desk: Desk, standby: Standby) -> None:
    """A replica that is killed while it is read: the very next page is whole, from the primary."""
    assert AS_OF in desk.board()
    standby.kill()
    desk.call("丙号")
    board = desk.board()
    assert "丙号" in board
    assert AS_OF not in board
