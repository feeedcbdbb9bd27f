"""Reads: the flows to begin with, shipped beside the code."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from jingkai.casework.designer.data import Template

_APP = Path(__file__).resolve().parents[1]
BLANK = "blank"


@cache
def list_templates() -> tuple[Template, ...]:
    """Give the templates by their codes; the blank one comes last."""
    found = [_read(path) for path in sorted((_APP / "reference").glob("*.toml"))]
    return tuple(sorted(found, key=lambda one: (one.code == BLANK, one.code)))


def find_template(code: str) -> Template | None:
    """Give a template by its code."""
    return next((one for one in list_templates() if one.code == code), None)


def _read(path: Path) -> Template:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Template(
        code=path.stem,
        name=raw["name"],
        name_en=raw["name_en"],
        summary=raw["summary"],
        summary_en=raw["summary_en"],
        bpmn=(_APP / "flows" / f"{path.stem}.bpmn").read_text(encoding="utf-8"),
        forms=raw.get("forms", {}),
    )
