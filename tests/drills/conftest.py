"""What drills need: processes of their own on the database of the test, and how to end them."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.server import free_port, serving
from jingkai.config.home import prepare_home
from jingkai.config.testing import TestServer
from jingkai.kernel.calendar.api import load_year
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.exchange.testing import make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.hotline.api import seed_hotline
from tests.drills.installation import Installation, install
from tests.drills.killing import CLIENTS


def database_url() -> str:
    """The address of the test's own database, for another process."""
    told = connection.settings_dict
    user, password, name = (quote(str(told[key]), safe="") for key in ("USER", "PASSWORD", "NAME"))
    query = urlencode({"host": str(told["HOST"]), "port": str(told["PORT"])})
    return f"postgresql://{user}:{password}@localhost/{name}?{query}"


@pytest.fixture
def surroundings(hall: object, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The environment of a process that works in the test's database: `surroundings(PORT="8123")`."""

    def make(**more: str) -> dict[str, str]:
        given: Mapping[str, str] = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "jingkai.config.settings",
            "JINGKAI_LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **given, **more}

    return make


@pytest.fixture
def server(tmp_path: Path, surroundings: Callable[..., dict[str, str]]) -> Iterator[int]:
    """`jingkai serve` as people start it, on the test's database; gives its port.

    One worker with four connections: a slow line that held one would keep everybody else out.
    """
    home, port = prepare_home(tmp_path / "home"), free_port()
    shutil.copytree(settings.SECRETS_FOLDER, home / "secrets", dirs_exist_ok=True)
    (home / "secrets" / "secret-key").write_text(settings.SECRET_KEY)  # a first run has a passing one
    environment = surroundings(
        JINGKAI_HOME=str(home), PORT=str(port), JINGKAI_WORKERS="1", JINGKAI_CONNECTIONS="4"
    )
    with serving(port, environment, tmp_path / "serve.log"):
        yield port


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's own user can reach, gone after the test."""
    folder = Path(tempfile.mkdtemp(prefix="jingkai-drill-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def make_clients() -> list[str]:
    """Let other systems hand work orders in, from today on; gives their tokens."""
    at = timezone.now()
    for year in {at.year, at.year + 1} - set(CalendarYear.objects.values_list("year", flat=True)):
        load_year(year=year, days=[], source="演练", by=SYSTEM, at=at)
    seed_hotline(by=SYSTEM, at=at)
    return [make_token(["work-orders:write"], rate=6000)[1] for _ in range(CLIENTS)]


Installer = Callable[[], Installation]


@pytest.fixture
def install_here(hall: Hall, database_server: TestServer, place: Path) -> Iterator[Installer]:
    """Make an installation out of the test's database as it is then; its server runs until the test ends."""
    with contextlib.ExitStack() as running:

        def make() -> Installation:
            source = replace(database_server.admin, name=str(connection.settings_dict["NAME"]))
            made = install(place / "home", source)
            running.enter_context(made.server.in_use())
            return made

        yield make


@pytest.fixture
def installation(install_here: Installer) -> Installation:
    """An installation with the hall of the test in it."""
    return install_here()
