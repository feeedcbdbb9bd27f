"""The shape of the tree: a reader finds every line where the house says it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import (
    PRODUCT,
    ROOT,
    app_folders,
    is_test,
    parsed,
    python_files,
    short,
    templates,
    tracked_files,
)

LONGEST_FILE = 400
JUNK_DRAWERS = {"utils", "helpers", "common", "misc", "tools"}
ENTRY_OF_BACKGROUND_WORK = "jingkai/kernel/events/operations.py"
CLOCK_FREE = {"operations", "queries", "rules", "models", "data", "events"}
CLOCK = re.compile(
    r"^(timezone\.now|timezone\.localdate|timezone\.localtime|datetime\.now|datetime\.today|date\.today)$"
)
SIGNALS = {"django.dispatch", "django.db.models.signals"}
BEHAVIOURS = {
    "pages",
    "oracle",
    "races",
    "scale",
    "story",
    "strangers",
    "layout",
    "lint",
    "sending_back",
    "matrix",
}
"""What no single file does: two at once, a hundred thousand rows, a whole matter, people without a right."""
MAKERS = ("account/", "mfa/", "usersessions/", "allauth/", "django/")


def test_no_file_is_longer_than_a_reader_bears() -> None:
    long = {
        short(path): lines
        for path in python_files(with_tests=True)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_there_is_no_junk_drawer() -> None:
    assert [short(path) for path in PRODUCT.rglob("*.py") if path.stem in JUNK_DRAWERS] == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        short(path)
        for path in python_files(with_tests=True)
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_every_public_function_and_class_says_what_it_promises() -> None:
    silent = [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_the_domain_never_reads_the_clock() -> None:
    """Time is handed in (`at=`, `on=`), so that a case can be computed for any day."""
    readers = [
        f"{short(path)}:{call.lineno} {ast.unparse(call)}"
        for folder in app_folders()
        for path in sorted(folder.rglob("*.py"))
        if path.relative_to(folder).parts[0].removesuffix(".py") in CLOCK_FREE
        and short(path) != ENTRY_OF_BACKGROUND_WORK
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call)
        and CLOCK.match(ast.unparse(call.func))
        and not (ast.unparse(call.func).startswith("timezone.local") and call.args)
    ]
    assert readers == []


def test_no_logic_hides_in_save_or_signals() -> None:
    hidden = [
        f"{short(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.ClassDef) and _is_model(node) and _methods(node) & {"save", "delete"})
        or (isinstance(node, ast.ImportFrom) and node.module in SIGNALS)
    ]
    assert hidden == []


def _is_model(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("Model") for base in node.bases)


def _methods(node: ast.ClassDef) -> set[str]:
    return {item.name for item in node.body if isinstance(item, ast.FunctionDef)}


@pytest.mark.parametrize("folder", app_folders(), ids=lambda path: path.name)
def test_every_app_has_the_same_front_door(folder: Path) -> None:
    assert (folder / "README.md").is_file(), f"{short(folder)} has no README.md"
    assert len((folder / "README.md").read_text(encoding="utf-8").splitlines()) <= 60
    door = parsed(folder / "api.py")
    names = [ast.unparse(node.targets[0]) for node in door.body if isinstance(node, ast.Assign)]
    names += [ast.unparse(node.target) for node in door.body if isinstance(node, ast.AnnAssign)]
    assert "__all__" in names
    config = (folder / "apps.py").read_text(encoding="utf-8")
    assert re.search(rf'label = "{folder.name}"', config), "the label is the folder's name"


def test_no_template_is_an_orphan() -> None:
    sources = [
        path for path in PRODUCT.rglob("*") if path.suffix in {".py", ".html", ".txt"} and path.is_file()
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    orphans = [
        name
        for name, path in templates()
        if not name.startswith(MAKERS) and name not in text and f'"{_dynamic(name)}' not in text
    ]
    assert orphans == []


def _dynamic(name: str) -> str:
    """The beginning of a name that is completed at run time: `f"notices/mail/{kind}.txt"`."""
    return name.rpartition("/")[0] + "/{"


def test_no_file_names_this_machine() -> None:
    """A clone on another machine has other folders, users and addresses."""
    pattern = re.compile(r"(?<![\w.])/(home|root|work|Users)/[\w.-]+|/opt/(wheels|pypi)")
    own = Path(__file__).resolve()
    named = [
        f"{short(path)}: {found[0]}"
        for path in tracked_files()
        if path.suffix not in {".png", ".jpg", ".pdf", ".woff2", ".ttf", ".otf", ".docx", ".xlsx", ".ico"}
        and path.resolve() != own
        and (found := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert named == []


def test_built_files_are_not_committed() -> None:
    built = {".mo", ".pyc", ".sqlite3", ".egg-info"}
    found = [
        short(path) for path in tracked_files() if path.suffix in built or "/ui/dist/" in path.as_posix()
    ]
    assert found == []


def test_tests_mirror_what_they_test() -> None:
    """`test_x.py` or `test_x_pages.py` belongs to `x.py`, a package `x/`, or a file `x.py` deeper."""
    lost = []
    for folder in app_folders():
        stems = {path.stem for path in folder.rglob("*.py") if not is_test(path)}
        stems |= {path.name for path in folder.rglob("*") if path.is_dir()}
        for path in sorted((folder / "tests").glob("test_*.py")):
            if path.stem.removeprefix("test_").removesuffix("_pages") not in stems | BEHAVIOURS:
                lost.append(short(path))
    assert lost == []


def test_the_licence_is_apache() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]


def test_nothing_is_left_from_building_time() -> None:
    left = [
        short(path)
        for path in python_files(with_tests=True)
        if "Building-" + "time" in path.read_text("utf-8")
    ]
    assert left == []
