"""What is known of backups: the newest of each kind in the database, and the folders themselves."""

from __future__ import annotations

from django.db.models import QuerySet

from jingkai.kernel.backups.data import Standing
from jingkai.kernel.backups.models import Run
from jingkai.kernel.backups.queries.folders import list_backups, newest_before, read_manifest

__all__ = ["get_standing", "list_backups", "list_newest_runs", "newest_before", "read_manifest"]


def get_standing() -> Standing:
    """Give the last good backup and drill, and the newest run if it failed."""
    newest = Run.objects.order_by("-started_at").exclude(state=Run.State.RUNNING).first()
    failed = newest if newest and newest.state == Run.State.FAILED else None
    return Standing(backup=_last(Run.Kind.BACKUP), drill=_last(Run.Kind.DRILL), failed=failed)


def list_newest_runs(count: int = 10) -> QuerySet[Run]:
    """List the newest runs, newest first."""
    return Run.objects.order_by("-started_at")[:count]


def _last(kind: str) -> Run | None:
    return Run.objects.filter(kind=kind, state=Run.State.GOOD).order_by("-started_at").first()
