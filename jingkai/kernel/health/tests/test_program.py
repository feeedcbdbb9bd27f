"""A changed, added or removed program file is named; who changes the list as well is found by the trail."""

from __future__ import annotations

import json
import os
import py_compile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import translation

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of, sign
from jingkai.kernel.health import cli, jobs
from jingkai.kernel.health.operations import accept_program, note_program
from jingkai.kernel.health.queries import program
from jingkai.kernel.health.queries.program import check_program, look_at_program, manifest_file
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small product with one library, and a data folder of its own."""
    settings.HOME, settings.DEMO = tmp_path / "home", False
    (tmp_path / "home").mkdir()
    for name, text in {
        "jingkai/cases.py": "WORD = 'case'\n",
        "jingkai/static/app.js": "let word = 1;\n",
        "site/lib/__init__.py": "NUMBER = 1\n",
        "site/lib/notes.txt": "read me\n",
        "site/lib/fast.cpython-311-x86_64-linux-gnu.so": "binary",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for source in ("jingkai/cases.py", "site/lib/__init__.py"):
        py_compile.compile(str(tmp_path / source))
    monkeypatch.setattr(
        program, "roots", lambda: {"jingkai": tmp_path / "jingkai", "libraries-0": tmp_path / "site"}
    )
    return tmp_path


def accept(at: datetime = NOON) -> Any:
    return accept_program(release="1.0", by=SYSTEM, at=at)


def named(at: datetime = NOON) -> tuple[str, str]:
    with translation.override("en"):
        found = check_program(at=at)
    return found.state, found.message.partition(": ")[2]


def alter(path: Path, text: str) -> None:
    """Change a file without changing its length or its dates."""
    found = path.stat()
    path.write_text(text)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_nothing_is_told_of_files_that_were_accepted(tree: Path) -> None:
    assert check_program(at=NOON).state == "warn", "nobody accepted them yet"
    assert accept()[0] == 6
    assert check_program(at=NOON).state == "ok"
    (tree / "site" / "lib" / "notes.txt").write_text("other\n")
    assert check_program(at=NOON + 2 * HOUR).state == "ok", "nothing executes it"
    assert accept()[1] == program.Difference()
    assert entries_of(program.STREAM).count() == 1, "what is accepted already is no news"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda tree: alter(tree / "jingkai/cases.py", "WORD = 'CASE'\n"), "jingkai/cases.py"),
        (lambda tree: alter(tree / "jingkai/static/app.js", "let word = 2;\n"), "jingkai/static/app.js"),
        (lambda tree: (tree / "jingkai/more.py").write_text("import os\n"), "+jingkai/more.py"),
        (lambda tree: (tree / "jingkai/cases.py").unlink(), "-jingkai/cases.py"),
        (lambda tree: alter(tree / "site/lib/__init__.py", "NUMBER = 2\n"), "libraries-0/lib/__init__.py"),
        (lambda tree: (tree / "site/start.pth").write_text("import lib\n"), "+libraries-0/start.pth"),
        (lambda tree: (tree / "jingkai/link").symlink_to("/etc"), "+jingkai/link"),
    ],
)
def test_a_file_that_was_changed_added_or_removed_is_named(
    tree: Path, change: Callable[[Path], Any], expected: str
) -> None:
    accept()
    change(tree)
    state, names = named()
    assert state == "fail"
    assert expected in names


def test_a_compiled_file_must_say_what_its_source_says(tree: Path) -> None:
    accept()
    source, other = tree / "jingkai" / "cases.py", tree / "other.py"
    compiled = next((tree / "jingkai" / "__pycache__").glob("cases.*.pyc"))
    compiled.unlink()
    assert named()[0] == "ok", "Python makes it again"
    py_compile.compile(str(source))
    assert named()[0] == "ok", "and it is not that of the list byte by byte"
    other.write_text("WORD = 'else'\n")
    foreign = Path(py_compile.compile(str(other), cfile=str(tree / "other.pyc")) or "").read_bytes()
    compiled.write_bytes(compiled.read_bytes()[:16] + foreign[16:])
    state, names = named()
    assert (state, "__pycache__/cases" in names) == ("fail", True)


def test_libraries_are_read_every_hour_and_what_was_found_stands_meanwhile(tree: Path) -> None:
    accept()
    assert named(NOON)[0] == "ok"
    library = tree / "site" / "lib" / "__init__.py"
    alter(library, "NUMBER = 2\n")
    assert named(NOON + HOUR / 2)[0] == "ok"
    assert named(NOON + HOUR)[0] == "fail"
    alter(library, "NUMBER = 1\n")
    assert named(NOON + 1.5 * HOUR)[0] == "fail"
    assert look_at_program(at=NOON + 1.5 * HOUR, whole=True).difference == program.Difference()
    assert named(NOON + 1.5 * HOUR)[0] == "ok"


def test_a_list_that_nobody_accepted_is_found_by_the_trail(tree: Path) -> None:
    accept()
    alter(tree / "jingkai" / "cases.py", "WORD = 'CASE'\n")
    body = json.loads(manifest_file().read_text())
    body["files"] = program.list_files()
    body["key"], body["signature"] = sign(program.signed_part(body["release"], body["files"]))
    manifest_file().write_text(json.dumps(body))
    assert look_at_program(at=NOON).state == "forged", "signed, but not in the trail"
    assert check_program(at=NOON).state == "fail"
    manifest_file().write_text("{}")
    assert check_program(at=NOON).state == "fail"


def test_a_machine_with_an_earlier_release_is_told(tree: Path) -> None:
    accept()
    earlier = manifest_file().read_text()
    (tree / "jingkai" / "more.py").write_text("MORE = 1\n")
    assert len(accept()[1]) == 1
    assert check_program(at=NOON).state == "ok"
    manifest_file().write_text(earlier)
    (tree / "jingkai" / "more.py").unlink()
    assert check_program(at=NOON).state == "warn"


def test_what_is_found_is_one_entry_in_the_trail_and_stands_on_the_page_of_health(
    tree: Path, cast: Cast, client: Client
) -> None:
    accept()
    note_program(by=SYSTEM, at=NOON)
    alter(tree / "jingkai" / "cases.py", "WORD = 'CASE'\n")
    for minute in range(3):
        look_at_program(at=NOON)
        note_program(by=SYSTEM, at=NOON + timedelta(minutes=minute))
    log_in(client, cast.system_admin)
    assert "jingkai/cases.py" in client.get("/health/").content.decode()
    alter(tree / "jingkai" / "cases.py", "WORD = 'case'\n")
    jobs.watch()
    jobs.watch()
    actions = list(entries_of(program.STREAM).order_by("sequence").values_list("action", flat=True))
    assert actions == ["program.accepted", "program.altered", "program.restored"]
    assert entries_of(program.STREAM).get(sequence=2).facts["names"] == ["jingkai/cases.py"]


def test_the_command_names_what_differs(tree: Path) -> None:
    run = CliRunner().invoke
    assert run(cli.program, ["verify"]).exit_code == 1
    assert run(cli.program, ["accept"]).output.startswith("6 files accepted")
    assert run(cli.program, ["verify"]).exit_code == 0
    (tree / "jingkai" / "more.py").write_text("MORE = 1\n")
    answer = run(cli.program, ["verify"])
    assert (answer.exit_code, "added\tjingkai/more.py" in answer.output) == (1, True)


def test_a_demonstration_is_not_watched(tree: Path, settings: Any) -> None:
    settings.DEMO = True
    assert check_program(at=NOON).state == "ok"
    assert note_program(by=SYSTEM, at=NOON) is None
