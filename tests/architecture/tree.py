"""What the architecture tests look at: the files of the product as it stands in the tree."""

from __future__ import annotations

import ast
import gc
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "jingkai"
STRATA = ("kernel", "records", "casework", "modules")
IGNORED = {".venv", "node_modules", "build", ".git", "__pycache__", ".jingkai", "dist"}


def app_folders() -> list[Path]:
    """The folders of all apps that have the common inside."""
    return sorted(path.parent for name in STRATA for path in (PRODUCT / name).glob("*/apps.py"))


def python_files(*, with_tests: bool = False) -> list[Path]:
    """The product's Python files without migrations."""
    files = sorted(PRODUCT.rglob("*.py")) + sorted((ROOT / "tools").rglob("*.py"))
    return [path for path in files if "migrations" not in path.parts and (with_tests or not is_test(path))]


def is_test(path: Path) -> bool:
    """Whether a file serves tests only."""
    return "tests" in path.parts or path.name in {"testing.py", "conftest.py"}


def tracked_files() -> list[Path]:
    """Every file that belongs to the project, as git sees it; without git, what lies in the tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not IGNORED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


def short(path: Path) -> str:
    """The path from the project's root, as it is written in messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file; kept for good, so the search for rubbish need not walk through it."""
    text = path.read_text(encoding="utf-8")
    gc.disable()
    try:
        return ast.parse(text)
    finally:
        gc.freeze()
        gc.enable()


def templates() -> Iterator[tuple[str, Path]]:
    """The name and file of every template of the product."""
    for folder in sorted(PRODUCT.glob("**/templates")):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path
