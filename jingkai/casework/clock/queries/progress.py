"""How far a computation of all open clocks is, as pages show it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jingkai.casework.clock.models import Clock, Reprojection
from jingkai.casework.clock.rules.permissions import EXTEND
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.ui.data import Progress


def progress_of(run: Reprojection) -> Progress:
    """Say how many clocks are computed and how many move; asks again by itself until all are."""
    label = _("Looking which due days would move") if run.is_preview else _("Computing every due day anew")
    done = run.state == Reprojection.State.DONE
    percent = min(run.done * 100 / run.total, 100) if run.total else None
    return Progress(
        label=label,
        percent=100 if done else percent,
        text=_counts(run),
        state="done" if done else "running",
        poll_url=reverse("clock:progress", args=[run.uuid]),
        result_url=reverse("clock:moves", args=[run.uuid]) if done and run.moved + run.stuck else "",
        result_label=_("Every due day that moves") if run.is_preview else _("Every due day that moved"),
    )


def _counts(run: Reprojection) -> str:
    if run.state == Reprojection.State.WAITING:
        return _("Waiting for the background worker.")
    looked = ngettext("%(n)d open clock", "%(n)d open clocks", run.done) % {"n": run.done}
    if run.is_preview:
        moved = ngettext("%(n)d due day moves", "%(n)d due days move", run.moved)
    else:
        moved = ngettext("%(n)d due day moved", "%(n)d due days moved", run.moved)
    parts = [looked, moved % {"n": run.moved}]
    if run.stuck:
        stuck = ngettext(
            "%(n)d needs a year that is not loaded", "%(n)d need a year that is not loaded", run.stuck
        )
        parts.append(stuck % {"n": run.stuck})
    return " · ".join(parts)


def extend_url(clock: Clock, actor: Actor) -> str:
    """Give the page on which an extension is entered, for whoever may and while the limit permits it."""
    may_be = clock.stopped_on is None and clock.limit.get("extend_max", 0) > 0
    return reverse("clock:extend", args=[clock.uuid]) if may_be and may(actor, EXTEND) else ""
