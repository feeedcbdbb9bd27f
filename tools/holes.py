"""Careless places in the product's code: `python -m tools.holes`, by bandit.

ruff asks most of the same questions (S…), and every place that is right all the same bears its excuse on the
line (`# noqa: S608 - …`). Such an excuse, and what ruff is told not to ask, counts here, too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = "*/tests/*,*/migrations/*,*/testing.py,*/testing/*"
EXCUSE = re.compile(r"#\s*noqa:\s*([A-Z0-9, ]+)")
SAME = {"B703": "S308", "B611": "S611"}
"""Where ruff asks under another number."""
NOT_ASKED = {"B105", "B404", "B405", "B406"}
"""Passwords in the code: ruff looks closer (S105). Importing what starts programs or names parts of XML is no
fault: how programs are started (B602, B605 …) and XML is read (B313 …) is asked."""


def main() -> int:
    """Exit 1 when a place has no excuse."""
    found = [one for one in findings() if not is_excused(one)]
    for one in found:
        print(f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}")
    return 1 if found else 0


def findings() -> list[dict[str, Any]]:
    """Everything that bandit finds."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", "jingkai", "-x", LEFT_OUT, "-f", "json"]
    told = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if told.returncode not in (0, 1):
        raise SystemExit(told.stderr)
    answer: dict[str, Any] = json.loads(told.stdout)
    if answer["errors"]:
        raise SystemExit(str(answer["errors"]))
    return list(answer["results"])


def is_excused(one: dict[str, Any]) -> bool:
    """Whether ruff's excuse for the same question stands on the statement, or nobody asks it."""
    code = SAME.get(one["test_id"], one["test_id"].replace("B", "S", 1))
    if one["test_id"] in NOT_ASKED or code in unasked():
        return True
    lines = (ROOT / one["filename"]).read_text(encoding="utf-8").splitlines()
    first, last = min(one["line_range"]), max(one["line_range"])
    excuses = " ".join(EXCUSE.findall("\n".join(lines[first - 1 : last + 1])))
    return code in re.split(r"[, ]+", excuses)


def unasked() -> set[str]:
    """What ruff is told not to ask."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return set(settings["tool"]["ruff"]["lint"]["ignore"])


if __name__ == "__main__":
    sys.exit(main())
