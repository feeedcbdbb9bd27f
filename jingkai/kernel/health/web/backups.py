"""The part of the page about backups: how old the last good one is, and what came of the newest ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from jingkai.kernel.backups.api import check_backup, check_drill, get_standing, list_newest_runs, plan_on
from jingkai.kernel.backups.models import Run
from jingkai.ui.data import Column, Light, Row, Stat, Table

TONES = {"ok": "ok", "warn": "warn", "fail": "late"}
LIGHTS = {Run.State.GOOD: "ok", Run.State.RUNNING: "none", Run.State.FAILED: "late"}


def stats(*, at: datetime) -> dict[str, Any]:
    """The age of the last good backup and of the last good restore drill, and what is wrong with them."""
    known: dict[str, Any] = {"standing": get_standing(), "plan": plan_on(timezone.localdate(at))}
    standing = known["standing"]
    checks = {"backup": check_backup(at=at, **known), "drill": check_drill(at=at, **known)}
    labels = {"backup": _("Last good backup"), "drill": _("Last good restore drill")}
    shown = [
        Stat(labels[name], _age(getattr(standing, name), at), tone=_tone(check.state))
        for name, check in checks.items()
    ]
    notices = [
        (f"{check.message} {check.advice}", TONES[check.state])
        for check in checks.values()
        if check.state != "ok"
    ]
    return {"stats": shown, "notices": notices}


def table() -> Table:
    """The ten newest backups and drills."""
    columns = [
        Column(_("Result"), "light"),
        Column(_("What"), "title"),
        Column(_("Begun at"), "date"),
        Column(_("Took"), "number"),
        Column(_("Files"), "number"),
        Column(_("Size"), "number"),
    ]
    rows = [
        Row(
            [
                Light(LIGHTS[Run.State(run.state)], run.get_state_display()),  # type: ignore[arg-type]
                f"{run.get_kind_display()} · {Path(run.folder).name}",
                run.started_at,
                _took(run),
                run.files,
                _megabytes(run.size),
            ]
        )
        for run in list_newest_runs()
    ]
    return Table(_("The newest backups and restore drills"), columns, rows)


def _tone(state: str) -> Any:
    return "none" if state == "ok" else TONES[state]


def _age(run: Run | None, at: datetime) -> str:
    if run is None:
        return _("not once")
    if at - run.started_at < timedelta(minutes=1):
        return _("just now")
    return _("%(age)s ago") % {"age": timesince(run.started_at, at, depth=1)}


def _took(run: Run) -> str:
    return _("%(seconds)d s") % {"seconds": (run.ended_at - run.started_at).seconds} if run.ended_at else ""


def _megabytes(size: int) -> str:
    return _("%(number)s MB") % {"number": f"{size / 1e6:,.1f}"} if size else ""
