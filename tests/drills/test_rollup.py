"""Three zones, each with its own database and web process; a province asks them and adds up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection

from benchmarks.server import free_port, serving
from jingkai.config.environment import APP_ROLE
from jingkai.config.home import prepare_home
from jingkai.config.testing import TestServer, clone
from jingkai.kernel.exchange.testing import list_address, make_token
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.efficiency.cli import efficiency
from jingkai.modules.efficiency.tests.test_figures import draw

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
CHANGES = {
    "north": "SELECT 1",
    "south": "UPDATE efficiency_matterfact SET item = 'item-9' WHERE id % 2 = 0",
    "west": "UPDATE efficiency_matterfact SET actual = actual + 1, on_time = false WHERE id % 3 = 0",
}
SUMS = """
SELECT item, day_unit, count(*), sum(statutory), sum(COALESCE(promised, statutory)), sum(actual),
       count(*) FILTER (WHERE on_time)
FROM efficiency_matterfact WHERE month BETWEEN '2026-01-01' AND '2026-12-01' GROUP BY item, day_unit
"""


@pytest.fixture
def zones(
    hall: Hall,
    database_server: TestServer,
    surroundings: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> Iterator[tuple[Path, dict[tuple[str, str], list[int]]]]:
    """Three zones that serve; gives the list of them, and what their databases hold in sum."""
    draw(hall, hall.case(hall.bring_to("submitted")).pk, number=300)
    token = make_token(["efficiency:read"])[1]
    (tmp_path / "token").write_text(token)
    whole, expected, listed = str(connection.settings_dict["NAME"]), dict[tuple[str, str], list[int]](), []
    names = {zone: f"{whole}_{zone}" for zone in CHANGES}
    with ExitStack() as running:
        for zone, name in names.items():
            clone(database_server, whole, name)
            running.callback(_drop, database_server, name)
            with database_server.connect(name) as line:
                line.execute(CHANGES[zone])  # type: ignore[arg-type]
                for item, unit, *numbers in line.execute(SUMS).fetchall():
                    so_far = expected.get((item, unit), [0] * len(numbers))
                    expected[item, unit] = [a + int(b) for a, b in zip(so_far, numbers, strict=True)]
            home, port = prepare_home(tmp_path / zone), free_port()
            shutil.copytree(settings.SECRETS_FOLDER, home / "secrets", dirs_exist_ok=True)
            (home / "secrets" / "secret-key").write_text(settings.SECRET_KEY)
            told = {"JINGKAI_HOME": str(home), "PORT": str(port), "JINGKAI_WORKERS": "1"}
            one = surroundings(DATABASE_URL=_url(database_server, name), **told)
            running.enter_context(serving(port, one, tmp_path / f"{zone}.log"))
            list_address(f"http://127.0.0.1:{port}", "other")
            listed.append(f'[[zone]]\nname = "{zone}"\nurl = "http://127.0.0.1:{port}"\ntoken_file = "token"')
        (tmp_path / "zones.toml").write_text("\n".join(listed))
        yield tmp_path / "zones.toml", expected


def _url(server: TestServer, name: str) -> str:
    address = server.as_role(APP_ROLE, name)
    query = urlencode({"host": address.host, "port": address.port})
    return f"postgresql://{address.user}:{quote(address.password, safe='')}@/{name}?{query}"


def _drop(server: TestServer, name: str) -> None:
    with server.connect() as line:
        line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def rolled_up(file: Path, *, code: int = 0) -> dict[str, Any]:
    """What the command says of the year."""
    told = ["roll-up", str(file), "--since", "2026-01", "--until", "2026-12", "--json"]
    done = CliRunner().invoke(efficiency, told)
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_province_adds_three_zones_up(zones: tuple[Path, dict[tuple[str, str], list[int]]]) -> None:
    """Every sum is that of the three databases; a zone that refuses is named, and not counted."""
    file, expected = zones
    found = rolled_up(file)
    assert [zone["name"] for zone in found["zones"]] == list(CHANGES)
    columns = ("count", "statutory", "promised", "actual", "on_time")
    sums = {(row["key"], row["day_unit"]): [row[name] for name in columns] for row in found["rows"]}
    assert sums == expected
    assert sum(row["count"] for row in found["totals"]) == sum(numbers[0] for numbers in expected.values())

    whole = file.read_text()
    (file.parent / "wrong").write_text("jk_wrong")
    file.write_text(whole.replace('token_file = "token"', 'token_file = "wrong"', 1))
    without = rolled_up(file, code=1)
    assert without["silent"] == [{"name": "north", "why": "answered 401"}]
    assert sum(row["count"] for row in without["totals"]) < sum(row["count"] for row in found["totals"])
