"""How the pages call the states of a job and what happened to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.ui.data import Light, Tone

STATE_WORDS = {
    "todo": _("Waiting"),
    "doing": _("Running"),
    "succeeded": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
    "aborted": _("Stopped"),
}

STATE_TONES: dict[str, Tone] = {
    "todo": "none",
    "doing": "hold",
    "succeeded": "ok",
    "failed": "late",
    "cancelled": "none",
    "aborted": "warn",
}

HISTORY_WORDS = {
    "deferred": _("Put into the queue"),
    "scheduled": _("Planned for"),
    "started": _("Started"),
    "deferred_for_retry": _("Failed, will be tried again"),
    "failed": _("Failed for good"),
    "succeeded": _("Done"),
    "cancelled": _("Cancelled"),
    "abort_requested": _("Asked to stop"),
    "aborted": _("Stopped"),
    "retried": _("Put back by an administrator"),
}


def state_light(state: str, attempts: int) -> Light:
    """Say a job's state as a light; a waiting job that has failed before is a warning."""
    if state == "todo" and attempts:
        return Light("warn", str(_("Waiting to be tried again")))
    return Light(STATE_TONES.get(state, "none"), str(STATE_WORDS.get(state, state)))
