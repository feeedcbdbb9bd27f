"""The record of backups and drills: begun, ended, handed on to another place."""

from __future__ import annotations

import shlex
import subprocess
from datetime import datetime
from pathlib import Path

from django.db import transaction

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.data import Manifest
from jingkai.kernel.backups.models import Run
from jingkai.kernel.permissions.data import Actor

ACTIONS = {
    (Run.Kind.BACKUP, Run.State.GOOD): "backup.made",
    (Run.Kind.BACKUP, Run.State.FAILED): "backup.failed",
    (Run.Kind.DRILL, Run.State.GOOD): "backup.restore_drilled",
    (Run.Kind.DRILL, Run.State.FAILED): "backup.drill_failed",
}
HOOK_SECONDS = 12 * 3600


@transaction.atomic
def begin(*, kind: str, folder: Path, by: Actor, at: datetime) -> Run:
    """Note that a backup or a drill begins; earlier ones that never ended were killed."""
    for lost in Run.objects.filter(kind=kind, state=Run.State.RUNNING, started_at__lt=at):
        end(run=lost, problem="It was ended before it was done.", by=by, at=at)
    return Run.objects.create(kind=kind, folder=str(folder), started_at=at)


@transaction.atomic
def end(*, run: Run, manifest: Manifest | None = None, problem: str = "", by: Actor, at: datetime) -> None:
    """Note what came of it: good when there is a manifest and no problem."""
    run.state = Run.State.FAILED if problem or manifest is None else Run.State.GOOD
    run.ended_at, run.problem = at, problem
    if manifest is not None:
        run.size, run.files = manifest.size, len(manifest.entries)
    run.save()
    facts = {"folder": Path(run.folder).name, "size": run.size, "files": run.files}
    action = ACTIONS[Run.Kind(run.kind), Run.State(run.state)]
    result = audit.DONE if run.state == Run.State.GOOD else audit.FAILED
    audit.record(run, action=action, by=by, at=at, facts=facts, result=result)


def hand_over(*, run: Run, command: str) -> str:
    """Run the operator's command with the finished folder; gives what it said when it failed."""
    try:
        done = subprocess.run(
            [*shlex.split(command), run.folder],
            check=False,
            capture_output=True,
            text=True,
            timeout=HOOK_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        problem = (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    run.offsite = Run.Offsite.FAILED if problem else Run.Offsite.DONE
    run.problem = problem[-2000:]
    run.save()
    return problem


@transaction.atomic
def note_restored(*, manifest: Manifest, facts: dict[str, object], by: Actor, at: datetime) -> None:
    """Write into a restored installation that it was restored, from which backup, and to which moment."""
    run = Run.objects.filter(uuid=manifest.about["run"]).first()
    if run is None or run.state != Run.State.RUNNING:
        stream: tuple[str, int] = ("backups.run", run.pk if run else 0)
    else:
        run.state, run.ended_at = Run.State.GOOD, at
        run.save()
        stream = ("backups.run", run.pk)
    audit.record(stream, action="backup.restored", by=by, at=at, facts=facts)
