"""Taking away backups that the plan no longer keeps, and the log before the oldest that stays."""

from __future__ import annotations

import shutil
from pathlib import Path

from jingkai.kernel.backups.data import FILES, LOG, Plan
from jingkai.kernel.backups.queries.folders import list_backups
from jingkai.kernel.backups.rules import kept


def prune(root: Path, plan: Plan) -> list[Path]:
    """Remove what the plan does not keep; gives what went. Drafts and strange folders are left alone."""
    made = list_backups(root)
    stay = kept(made, plan)
    gone = [folder for moment, folder in made.items() if moment not in stay]
    for folder in gone:
        doomed = folder.with_name(f".{folder.name}.removed")
        folder.replace(doomed)
        shutil.rmtree(doomed)
    if stay:
        _shorten_log(root / LOG, min(stay).timestamp())
    return gone


def _shorten_log(log: Path, since: float) -> None:
    """What was written before the oldest backup began serves no restore any more."""
    for part in ("wal", FILES):
        for path in (log / part).glob("*"):
            if path.is_file() and not path.name.endswith(".history") and path.stat().st_mtime < since:
                path.unlink()
