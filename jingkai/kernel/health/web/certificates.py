"""The part of the page about certificates: which end when, and what could not be looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.exchange.api import check_certificates, list_sights
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
    rows = [
        Row([_light(row.ends_at, at), row.address, _day(row.ends_at), row.seen_at, row.problem])
        for row in list_sights(on=timezone.localdate(at))
    ]
    return Table(_("Certificates of this installation and of the hosts it calls"), columns, rows)


def _day(moment: datetime | None) -> Any:
    return timezone.localdate(moment) if moment else None


def _light(ends_at: datetime | None, at: datetime) -> Light:
    if ends_at is None:
        return Light("none", _("not seen yet"))
    return Light("late", _("has ended")) if ends_at <= at else Light("ok", _("in force"))
