"""The part of the page about certificates: which end when, and what could not be looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.exchange.api import check_certificates, list_sights, problem_words, warning_on
from jingkai.ui.data import Column, Light, Row, Table

TONES = {"ok": "ok", "warn": "warn", "fail": "late"}


def part(*, at: datetime) -> dict[str, Any]:
    """What the doctor says of them, and each with its last day."""
    check = check_certificates(at=at)
    told = f"{check.message} {check.advice}".strip()
    return {"notice": (told, TONES[check.state]), "table": _table(at)}


def _table(at: datetime) -> Table:
    columns = [
        Column(_("State"), "light"),
        Column(_("Host"), "title"),
        Column(_("Ends on"), "date"),
        Column(_("Last seen"), "date"),
        Column(_("What went wrong")),
    ]
    on = timezone.localdate(at)
    soon = at + warning_on(on)
    rows = [
        Row(
            [
                _light(one.ends_at, at, soon),
                one.address,
                _day(one.ends_at),
                one.seen_at,
                problem_words(one.problem),
            ]
        )
        for one in list_sights(on=on)
    ]
    return Table(_("Certificates of this installation and of the hosts it calls"), columns, rows)


def _day(moment: datetime | None) -> Any:
    return timezone.localdate(moment) if moment else None


def _light(ends_at: datetime | None, at: datetime, soon: datetime) -> Light:
    if ends_at is None:
        return Light("none", _("not seen yet"))
    if ends_at <= at:
        return Light("late", _("has ended"))
    return Light("warn", _("ends soon")) if ends_at <= soon else Light("ok", _("in force"))
