"""Everything that is checked without running a test: `python -m tools.check [NAME…]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")
CHECKS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "style": [str(BIN / "ruff"), "check", "--quiet", "."],
    "types": [str(BIN / "mypy"), "jingkai", "tools"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "models": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "migrations": [PYTHON, "-m", "tools.migrations"],
    "system": [PYTHON, "-m", "django", "check", "--fail-level", "WARNING"],
    "deployment": [PYTHON, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
    "translations": [PYTHON, "-m", "tools.messages", "check"],
    "templates": [PYTHON, "-m", "tools.templates"],
    "holes": [PYTHON, "-m", "tools.holes"],
    "parts": [PYTHON, "-m", "tools.sbom"],
    "weaknesses": [PYTHON, "-m", "tools.weaknesses"],
}
VARIABLES = {
    "deployment": {
        "JINGKAI_BASE_URL": "https://zone.example",
        "JINGKAI_TRUSTED_PROXIES": "127.0.0.1",
        "JINGKAI_DEBUG": "0",
        "JINGKAI_DEMO": "0",
    }
}
"""What a check is told of the installation: that it serves the public."""


def main(names: list[str]) -> int:
    """Run the named checks, or all; exit 1 when one is red."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        print(
            f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.", file=sys.stderr
        )
        return 2
    red = [name for name in names or CHECKS if not passes(name)]
    print(f"RED: {', '.join(red)}" if red else "All checks are green.")
    return 1 if red else 0


def passes(name: str) -> bool:
    """Run one check and print its verdict, and what it said when it is red or has something to report."""
    begun = time.monotonic()
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "jingkai.config.settings", "NO_COLOR": "1"}
    variables |= VARIABLES.get(name, {})
    result = subprocess.run(
        CHECKS[name], check=False, cwd=ROOT, env=variables, capture_output=True, text=True
    )
    green, said = result.returncode == 0, (result.stdout + result.stderr).strip()
    print(f"{'ok ' if green else 'RED'}  {name:<13}{time.monotonic() - begun:5.1f} s", flush=True)
    if said and (not green or name == "weaknesses"):
        print("\n".join(f"     {line}" for line in said.splitlines()), flush=True)
    return green


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
