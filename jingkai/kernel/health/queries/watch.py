"""Who is told when something fails, when somebody last looked, and what was told last."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from jingkai.kernel.health.data import Told, Watch
from jingkai.kernel.hooks.data import CheckResult

LATEST = timedelta(minutes=20)
"""Every five minutes somebody looks; after so long nobody does any more."""


def watch_file() -> Path:
    """Where the watch keeps what it knows."""
    return Path(settings.HOME) / "watch.json"


def read_watch() -> Watch:
    """What was told until now; a file that is missing or spoilt means that nothing was."""
    try:
        body: dict[str, Any] = json.loads(watch_file().read_text(encoding="utf-8"))
        told = {
            name: Told(one["state"], datetime.fromisoformat(one["at"]), one["times"])
            for name, one in body["told"].items()
        }
        return Watch(
            _moment(body["looked_at"]), _moment(body["sent_at"]), tuple(body["sent"]), body["problem"], told
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Watch()


def is_anybody_told() -> bool:
    """Whether the environment names somebody to tell."""
    return bool(settings.ALERT_MAIL or settings.ALERT_PHONES)


def check_watch(*, at: datetime) -> CheckResult:
    """See that somebody is told of failures, and that somebody looks."""
    if not is_anybody_told():
        return CheckResult(
            "warn",
            _("Nobody is told by mail or text message when something fails."),
            _("Name the operator in JINGKAI_ALERT_MAIL and JINGKAI_ALERT_PHONES (docs/how-to/alerts.md)."),
        )
    watch = read_watch()
    if watch.problem:
        return CheckResult(
            "warn",
            _("The last alert did not reach everybody: %(problem)s") % {"problem": watch.problem},
            _("Look at the mail server and the provider of text messages."),
        )
    if watch.looked_at is None or watch.looked_at < at - LATEST:
        return CheckResult(
            "warn",
            _("Nobody has looked whether all is well for more than 20 minutes."),
            _("Start the timer jingkai-alert.timer, or the worker."),
        )
    return CheckResult("ok", _("The operator is told when something fails."))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
