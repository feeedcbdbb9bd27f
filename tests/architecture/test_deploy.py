"""Units and containers name what there is: commands, variables, programs, folders."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml

from jingkai.config.cli import MOUNTS

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("jingkai-*.service"))
COMPOSE = yaml.safe_load((ROOT / "deploy" / "containers" / "compose.yaml").read_text("utf-8"))
OURS = {name: part for name, part in COMPOSE["services"].items() if part["image"] == "jingkai"}
VARIABLES = set(
    re.findall(r'"([A-Z_]+)"', "".join(p.read_text("utf-8") for p in (ROOT / "jingkai/config").glob("*.py")))
)


def sections(unit: Path) -> RawConfigParser:
    """A unit as its sections and settings; a setting that is there twice is an error."""
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    program, command = sections(unit)["Service"]["ExecStart"].split()[:2]
    assert program == "/opt/jingkai/.venv/bin/jingkai"
    assert command in MOUNTS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_give_no_more_rights_than_the_others(unit: Path) -> None:
    service = sections(unit)["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == (
        "jingkai",
        "yes",
        "strict",
    )
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_was_killed_is_soon_back_however_often(name: str) -> None:
    unit = sections(ROOT / "deploy" / "systemd" / f"jingkai-{name}.service")
    assert (unit["Service"]["Restart"], unit["Service"]["RestartSec"]) == ("always", "500ms")
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert not {"RestartSteps", "RestartMaxDelaySec"} & set(unit["Service"])  # the counter never falls back


def test_the_target_wants_units_that_there_are() -> None:
    wanted = sections(ROOT / "deploy" / "systemd" / "jingkai.target")["Unit"]["Wants"].split()
    assert {"jingkai-web.service", "jingkai-worker.service"} <= set(wanted)
    assert [name for name in wanted if not (ROOT / "deploy" / "systemd" / name).exists()] == []


def test_the_example_of_an_environment_names_variables_that_are_read() -> None:
    lines = (ROOT / "deploy" / "systemd" / "environment.example").read_text("utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert "DATABASE_URL" in named
    assert named - VARIABLES == set()


def test_containers_run_commands_that_there_are_with_variables_that_are_read() -> None:
    assert {part["command"][0] for part in OURS.values()} == {"migrate", "serve", "worker"} & set(MOUNTS)
    assert {name for part in OURS.values() for name in part["environment"]} - VARIABLES == set()


def test_containers_of_ours_may_nothing() -> None:
    for part in OURS.values():
        assert (part["read_only"], part["cap_drop"], part["user"]) == (True, ["ALL"], "10001:10001")
        assert part["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in OURS["worker"]  # the image's asks for pages, which a worker has none of


def test_the_image_takes_in_folders_that_there_are_and_leaves_out_what_builds() -> None:
    lines = (ROOT / "deploy" / "containers" / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    shipped = [line.split()[2] for line in lines if line.startswith("COPY --from=build")]
    assert shipped == ["/opt/jingkai/.venv", "/opt/jingkai/jingkai"]
