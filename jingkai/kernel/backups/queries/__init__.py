"""What is known of backups: the newest of each kind in the database, and the folders themselves."""

from __future__ import annotations

from django.db.models import QuerySet

from jingkai.kernel.backups.data import Standing
from jingkai.kernel.backups.models import Run
from jingkai.kernel.backups.queries.folders import list_backups, newest_before, read_manifest

__all__ = ["get_standing", "list_backups", "list_newest_runs", "newest_before", "read_manifest"]


def get_standing() -> Standing:
    """Give the last good backup and drill, and the newest run if it failed (one query)."""
    ended = Run.objects.exclude(state=Run.State.RUNNING).order_by("kind", "state", "-started_at")
    newest = {(run.kind, run.state): run for run in ended.distinct("kind", "state")}
    last = max(newest.values(), key=lambda run: run.started_at, default=None)
    return Standing(
        backup=newest.get((Run.Kind.BACKUP, Run.State.GOOD)),
        drill=newest.get((Run.Kind.DRILL, Run.State.GOOD)),
        failed=last if last and last.state == Run.State.FAILED else None,
    )


def list_newest_runs(count: int = 10) -> QuerySet[Run]:
    """List the newest runs, newest first."""
    return Run.objects.order_by("-started_at")[:count]
