"""Typesetting: a template and its data become a PDF or a picture."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.records.typesetting import queries
from jingkai.records.typesetting.data import Format, Letter, Spot, Typeset

SECONDS = 20
_COMPILER = Path(__file__).with_name("compiler.py")

Data = Mapping[str, Any] | Letter


class CannotTypeset(PersonFacingError):
    """A template failed, or took longer than it may; `diagnostic` is for the operator's log."""

    status = 500
    sentence = _("The document could not be typeset.")
    advice = _("Nothing was changed. Please try again; if it fails again, tell the system administrator.")

    def __init__(self, template: str, diagnostic: str) -> None:
        super().__init__()
        self.template = template
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        return f"{self.template}: {self.diagnostic}"


def render(template: str, data: Data, *, at: datetime) -> bytes:
    """Typeset a paper as PDF: the same template, data and moment give the same bytes."""
    return typeset(template, data, at=at).content


def typeset(template: str, data: Data, *, at: datetime, seconds: int = SECONDS) -> Typeset:
    """Typeset a paper as PDF and say where the places are that the template named."""
    content, spots = _run(template, data, "pdf", at=at, seconds=seconds)
    return Typeset(content, spots)


def draw(template: str, data: Data, *, form: Format = "svg", ppi: int = 288) -> bytes:
    """Draw a one-page template as a picture."""
    return _run(template, data, form, at=None, seconds=SECONDS, ppi=ppi)[0]


def _run(
    template: str, data: Data, form: Format, *, at: datetime | None, seconds: int, ppi: int = 144
) -> tuple[bytes, dict[str, Spot]]:
    """Compile in a process of its own: templates cannot hang or exhaust the product."""
    request = {
        "template": str(queries.find_template(template)),
        "root": str(queries.package_root()),
        "font_folders": [str(folder) for folder in queries.font_folders()],
        "data": json.dumps(_plain(data), ensure_ascii=False, default=str),
        "format": form,
        "ppi": ppi,
        "timestamp": int(at.timestamp()) if at else None,
        "seconds": seconds,
    }
    line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_COMPILER)],
            input=line,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise CannotTypeset(template, f"took longer than {seconds} s") from late
    head_line, _separator, content = done.stdout.partition(b"\n")
    if done.returncode or not head_line:
        raise CannotTypeset(template, _diagnostic(head_line, done))
    head = json.loads(head_line)
    spots = {spot["name"]: Spot(spot["page"], spot["x"], spot["y"]) for spot in head["spots"]}
    return content, spots


def _plain(data: Data) -> Mapping[str, Any]:
    return dataclasses.asdict(data) if isinstance(data, Letter) else data


def _diagnostic(head_line: bytes, done: subprocess.CompletedProcess[bytes]) -> str:
    if head_line:
        return str(json.loads(head_line).get("diagnostic", ""))
    return f"compiler ended with {done.returncode}: {done.stderr.decode(errors='replace')[-800:]}"
