"""A linter for migrations: `python -m tools.migrations`. Exit 1 and one line per fault.

Names tell what changes, every step can be taken back, nothing that a running older release needs disappears
without the file saying so in its docstring (`Not reversible: …`, `Ends support of …`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"\d{4}_[a-z][a-z0-9]*(_[a-z0-9]+)*")
NAMELESS = re.compile(r"\d{4}_(auto|alter|.*_and_more)(_|$)|\d{4}_auto")
REVERSES = {"RunPython": "reverse_code", "RunSQL": "reverse_sql"}
DESTRUCTIVE = {"DeleteModel", "RemoveField", "RenameModel", "RenameField"}


def main() -> int:
    """Check every migration of the product."""
    faults = [
        fault for path in sorted(ROOT.glob("jingkai/**/migrations/[0-9]*.py")) for fault in faults_of(path)
    ]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def faults_of(path: Path) -> Iterator[str]:
    """What is wrong with one migration."""
    place, tree = path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    words = ast.get_docstring(tree) or ""
    if not NAME.fullmatch(path.stem) or NAMELESS.match(path.stem):
        yield f"{place}: the name does not say what changes"
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in REVERSES and not _has_reverse(call, REVERSES[name]) and "Not reversible:" not in words:
            yield f"{place}:{call.lineno}: {name} without {REVERSES[name]}"
        if name in DESTRUCTIVE and "Ends support of" not in words:
            yield f"{place}:{call.lineno}: {name} breaks the release that still runs; say so in the docstring"


def _has_reverse(call: ast.Call, keyword: str) -> bool:
    return len(call.args) > 1 or any(word.arg == keyword for word in call.keywords)


if __name__ == "__main__":
    sys.exit(main())
