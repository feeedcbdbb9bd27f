"""`jingkai verify-document`: which seal, by whom, when, intact or not.

Works without a database, and then says that the register was not asked. Exit code 0: intact and known; 1:
not; 2: the command was used wrongly.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import django
from django.apps import apps

if TYPE_CHECKING:
    from jingkai.records.documents.models import IssuedDocument
    from jingkai.records.seals.data import SignatureReport


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a file: signatures, or why it is unreadable, and its line of the register."""

    file: str
    sha256: str
    signatures: tuple[SignatureReport, ...]
    unreadable: str
    asked: bool
    document: IssuedDocument | None

    @property
    def good(self) -> bool:
        """True where it is signed, every signature holds, and the register does not say otherwise."""
        ended = self.document is not None and self.document.state != "valid"
        return bool(self.signatures) and all(report.good for report in self.signatures) and not ended


@click.command("verify-document")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")
@click.pass_context
def verify_document(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Say which seal a PDF carries, who applied it when, if it is intact, and what the register says."""
    has_register = _open(ctx)
    finding = _find(file, has_register=has_register)
    if as_json:
        click.echo(json.dumps(_plain(finding), ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n".join(_lines(finding)))
    ctx.exit(0 if finding.good else 1)


def _open(ctx: click.Context) -> bool:
    """Open the installation where there is one; else load the product without a database."""
    terminal: Any = ctx.find_root().obj
    opened = False
    if not apps.ready:
        with suppress(Exception):
            opened = bool(terminal.open())
    else:
        opened = True
    if not apps.ready:
        django.setup()
    logging.disable(logging.WARNING)
    from django.utils import translation

    translation.activate(getattr(terminal, "language", None) or "zh-hans")
    return opened


def _find(file: Path, *, has_register: bool) -> Finding:
    from jingkai.records.seals import api as seals

    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    asked, document = _ask_register(sha256) if has_register else (False, None)
    try:
        return Finding(str(file), sha256, tuple(seals.verify_stranger(content)), "", asked, document)
    except seals.UnreadablePdf as broken:
        return Finding(str(file), sha256, (), broken.reason, asked, document)


def _ask_register(sha256: str) -> tuple[bool, IssuedDocument | None]:
    from django.db import DatabaseError

    from jingkai.records.documents import queries

    try:
        return True, queries.find_by_digest(sha256)
    except DatabaseError:
        return False, None


def _plain(finding: Finding) -> dict[str, Any]:
    document = finding.document
    return {
        "file": finding.file,
        "sha256": finding.sha256,
        "good": finding.good,
        "unreadable": finding.unreadable or None,
        "signatures": [{**dataclasses.asdict(report), "good": report.good} for report in finding.signatures],
        "register_asked": finding.asked,
        "register": {
            "number": document.number_text,
            "title": document.title,
            "state": document.state,
            "ended_at": document.ended_at,
        }
        if document
        else None,
    }


def _lines(finding: Finding) -> Iterator[str]:
    from django.utils.translation import gettext as _

    if finding.unreadable:
        yield _unreadable_words()[finding.unreadable]
    elif not finding.signatures:
        yield _("Not signed: the PDF carries no seal.")
    for number, report in enumerate(finding.signatures, 1):
        yield from _signature_lines(number, report)
    yield _register_line(finding)


def _signature_lines(number: int, report: SignatureReport) -> Iterator[str]:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    at = timezone.localtime(report.at).strftime("%Y-%m-%d %H:%M:%S") if report.at else _("unknown time")
    mark = _("demonstration seal") if report.demo else ""
    yield _("Signature %(number)s") % {"number": number}
    yield "  " + _("Seal: %(seal)s (%(organ)s) %(mark)s") % {
        "seal": report.seal,
        "organ": report.organisation,
        "mark": mark,
    }
    yield "  " + _("Applied by %(signer)s, %(at)s") % {"signer": report.signer or _("unknown"), "at": at}
    yield "  " + _("Purpose: %(purpose)s") % {"purpose": report.reason}
    if report.good:
        yield "  " + _("Intact: nothing was changed or added; the seal is known here.")
    for problem in report.problems:
        yield "  " + _("NOT GOOD: %(problem)s") % {"problem": _problem_words()[problem]}


def _register_line(finding: Finding) -> str:
    from django.utils.translation import gettext as _

    from jingkai.records.documents.models import IssuedDocument

    if not finding.asked:
        return _("Register: not asked (no installation or database here).")
    if finding.document is None:
        return _("Register: no document with exactly these bytes was issued here.")
    state = IssuedDocument.State(finding.document.state).label
    return _("Register: %(number)s, %(title)s: %(state)s") % {
        "number": finding.document.number_text,
        "title": finding.document.title,
        "state": state,
    }


def _unreadable_words() -> dict[str, str]:
    from django.utils.translation import gettext as _

    return {
        "not_pdf": _("This is not a PDF."),
        "truncated": _("The PDF is cut off: it did not arrive completely."),
        "damaged": _("The PDF is damaged and cannot be read."),
    }


def _problem_words() -> dict[str, str]:
    from django.utils.translation import gettext as _

    return {
        "altered": _("the content was altered after sealing"),
        "appended": _("something was added to the file after sealing"),
        "untrusted": _("the issuer of the seal's certificate is not known here"),
        "expired": _("the seal's certificate was not valid at that time"),
        "unreadable": _("the signature cannot be read"),
    }
