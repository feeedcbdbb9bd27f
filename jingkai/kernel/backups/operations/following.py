"""Keeping what is written after the last backup, second by second."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.connectors.postgres import receive_log
from jingkai.kernel.backups.data import CHECKPOINTS, FILES, LOG, BackupFailed, FileStore, Home, Server
from jingkai.kernel.backups.queries.folders import list_backups
from jingkai.kernel.hooks.data import PersonFacingError

logger = logging.getLogger(__name__)
LOOK_EVERY = 5.0
ADAY = 86400.0
"""A file may have been on its way in for as long before it got its name."""


def follow(*, root: Path, server: Server, home: Home, stopped: threading.Event) -> None:
    """Write the database's log, new files and checkpoints into the folder `log` beside the backups until told
    to stop.

    When the server goes away, its log is asked for again every few seconds; its slot forgets nothing.
    """
    wal, files = root / LOG / "wal", root / LOG / FILES
    for folder in (wal, files):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen: dict[str, int] = {}
    since = max(list_backups(root), default=datetime.fromtimestamp(0, UTC)).timestamp() - ADAY
    receiver: subprocess.Popen[bytes] | None = None
    mark = 0
    try:
        while True:
            if receiver is None or receiver.poll() is not None:
                receiver = receive_log(server, wal)
            last = stopped.is_set()
            take_new_files(home.files / "objects", files, seen, since)
            mark = _take_from_elsewhere(home.elsewhere, files, mark)
            take_checkpoints(home.checkpoints, root / LOG / CHECKPOINTS)
            if last:
                return
            stopped.wait(LOOK_EVERY)
    finally:
        if receiver is not None and receiver.poll() is None:
            receiver.terminate()
            receiver.wait(timeout=30)


def take_new_files(objects: Path, target: Path, seen: dict[str, int], since: float) -> int:
    """Copy the stored files of every folder that changed since the last look; gives how many were new.

    What is older than the newest backup (`since`, in seconds) lies there already.
    """
    new = 0
    for folder in sorted(objects.glob("*/*")):
        changed = folder.stat().st_mtime_ns
        if seen.get(str(folder)) == changed:
            continue
        seen[str(folder)] = changed
        for path in sorted(folder.iterdir()):
            if path.stat().st_mtime >= since:
                new += _copy(path, target / path.name)
    return new


def take_checkpoints(folder: Path, target: Path) -> int:
    """Copy the files of checkpoints that have changed; gives how many. A restore needs those of its time."""
    try:
        audit.bring_over()
    except PersonFacingError as error:
        logger.error("checkpoints of other machines could not be kept: %s", error)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = 0
    for path in sorted(folder.glob("*.jsonl")):
        copy, state = target / path.name, path.stat()
        if copy.exists() and copy.stat().st_mtime_ns == state.st_mtime_ns:
            continue
        draft = target / f".{path.name}.{secrets.token_hex(4)}"
        shutil.copyfile(path, draft)
        os.utime(draft, ns=(state.st_atime_ns, state.st_mtime_ns))
        _named(draft, copy)
        taken += 1
    return taken


def _take_from_elsewhere(store: FileStore | None, target: Path, mark: int) -> int:
    """Copy what was put into the bucket since the mark; while it gives no answer, the mark stays."""
    if store is None:
        return mark
    try:
        keys, after = store.since(mark)
        for key in keys:
            draft = target / f".{key}.{secrets.token_hex(4)}"
            if not (target / key).exists() and store.copy(key, draft) == key:
                _named(draft, target / key)
            draft.unlink(missing_ok=True)
    except BackupFailed as error:
        logger.error("new files could not be kept: %s", error.problem)
        return mark
    return after


def _copy(path: Path, target: Path) -> int:
    if target.exists() or not path.is_file():
        return 0
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    shutil.copyfile(path, draft)
    _named(draft, target)
    return 1


def _named(draft: Path, target: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
