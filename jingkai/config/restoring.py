"""`jingkai restore`: prove a backup, lay it out beside its place, start it, prove it again, then move it in.

Until everything stands, it lies under a hidden name beside its place; a restore that is broken off leaves
nothing that could be taken for an installation.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from jingkai.config.backups import ask_passphrase, home_folders, in_words, progress
from jingkai.config.embedded import EmbeddedServer
from jingkai.config.environment import ADMIN_ROLE, DATABASE_NAME, MARKER, environment
from jingkai.config.home import CannotStart, prepare_home
from jingkai.config.installation import exists, open_installation, start_django
from jingkai.config.programs import client_programs, major_release, server_user

if TYPE_CHECKING:
    from jingkai.kernel.backups.data import Manifest, Tell

PATIENCE = 4 * 3600
PATH = click.Path(path_type=Path, exists=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: which backup, to which moment, opened with what."""

    folder: Path
    until: str = ""
    log: Path | None = None
    recovery_key: Path | None = None
    passphrase_file: Path | None = None
    bare_keys: Path | None = None

    @property
    def moment(self) -> datetime | None:
        """The moment to restore to, with its time zone; None: the backup's own, or the latest."""
        from django.utils import timezone

        if self.until in {"", "latest"}:
            return None
        try:
            given = datetime.fromisoformat(self.until)
        except ValueError as error:
            raise click.BadParameter(f"“{self.until}” is no moment such as 2026-11-22T09:30:00") from error
        return given if given.tzinfo else timezone.make_aware(given)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR")
@click.option("--into", type=click.Path(path_type=Path), help="The new data folder; else JINGKAI_HOME.")
@click.option("--until", default="", help="Go on to this moment, or to the `latest` that was kept.")
@click.option("--log", type=PATH, help="What was kept since; else the folder `log` beside DIR.")
@click.option("--recovery-key", type=PATH, help="The key that opens the backup's keys.")
@click.option("--passphrase-file", type=PATH, help="Its passphrase; else it is asked for.")
@click.option("--keys", "bare_keys", type=PATH, help="The archive of keys that was put elsewhere.")
@click.option("--drill", is_flag=True, help="Restore into a passing place, prove it, note it, remove it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@in_words
def restore(folder: Path, into: Path | None, drill: bool, as_json: bool, **how: Any) -> None:
    """Restore the backup DIR into an empty place and prove it: trail, cases, files.

    Refuses a place that is not empty, and a backup in which any byte differs, by the file's name. Exit code
    0: restored and proved; 1: refused, or restored with faults that are named; 2: wrong usage.
    """
    wanted = Wanted(folder.absolute(), **how)
    if drill:
        open_installation()
        found = _drill(wanted, as_json)
    else:
        start_django()
        target = (into or environment().home).absolute()
        if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
            raise CannotStart(
                f"{target} is not empty.", "A restore never writes over anything: name a new folder."
            )
        with progress(hidden=as_json) as tell:
            found = restore_into(target, wanted, tell)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _as_text(found))
    sys.exit(0 if found["sound"] else 1)


def restore_into(target: Path, wanted: Wanted, tell: Tell) -> dict[str, Any]:
    """Restore into a folder that does not exist or is empty; gives what was found in it."""
    from jingkai.kernel.backups import api

    manifest = api.prove(wanted.folder, tell)
    _refuse_moment(wanted, manifest)
    archive = _keys(wanted, manifest)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.parent / f".{target.name}.restoring-{secrets.token_hex(4)}"
    with _removed_on_failure(staging):
        prepare_home(staging)
        api.unpack(archive, staging)
        _refuse_foreign_key(staging, manifest)
        found = _bring_up(staging, wanted, manifest, tell)
        staging.replace(target)
    return {**found, "home": str(target), "backup": str(wanted.folder), "made_at": manifest.about["at"]}


def _bring_up(staging: Path, wanted: Wanted, manifest: Manifest, tell: Tell) -> dict[str, Any]:
    from jingkai.kernel.backups import api

    told = manifest.about["database"]
    if not told["embedded"]:
        (staging / "database").mkdir(mode=0o700)
        api.lay_out(wanted.folder, home=staging, data=staging / "database", tell=tell)
        api.verify_data(client_programs(), staging / "database")
        return {"sound": True, "database": "laid out", "set_aside": 0}
    if str(told["server"] // 10000) != major_release():
        raise CannotStart(
            f"The backup is of PostgreSQL {told['server'] // 10000}; this release brings {major_release()}.",
            f"Restore with the release {manifest.about['release']} of the product, then upgrade.",
        )
    server = EmbeddedServer(staging, patience=PATIENCE)
    data = server.adopt(lambda draft: _fill(draft, staging, wanted, tell))
    recovering = EmbeddedServer(staging, _recovery(data, staging, wanted), PATIENCE)
    try:
        with recovering.in_use():
            aside = api.set_aside(staging, known=_last_checkpoint(recovering))
            found = _examine(staging, wanted, aside)
    except CannotStart as error:
        log = (data.parent / "server.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise api.BackupFailed(_why(log, wanted) or f"{error.problem}\n{log}", error.advice) from error
    shutil.rmtree(data.parent / "log", ignore_errors=True)
    return {**found, "database": "started", "set_aside": aside}


def _fill(draft: Path, staging: Path, wanted: Wanted, tell: Tell) -> None:
    from jingkai.kernel.backups import api

    api.lay_out(wanted.folder, home=staging, data=draft, tell=tell)
    api.verify_data(client_programs(), draft)


def _recovery(data: Path, staging: Path, wanted: Wanted) -> dict[str, str]:
    """The settings under which the server reads the log that was kept after the backup."""
    from jingkai.kernel.backups import api

    if not wanted.until:
        return {}
    wal, user = data.parent / "log", server_user(data)
    if not api.log_since(wanted.log or wanted.folder.parent / api.LOG, home=staging, wal=wal):
        raise api.BackupFailed(
            "Nothing was kept after this backup.",
            "Leave --until out, or name what `jingkai follow` kept: --log",
        )
    (data / "recovery.signal").touch(mode=0o600)
    for path in (data / "recovery.signal", wal, *wal.iterdir()):
        os.chown(path, user.uid, user.gid)
    settings = {"restore_command": f'\'cp "{wal}/%f" "%p"\'', "hot_standby": "off"}
    if wanted.moment:
        settings["recovery_target_time"] = f"'{wanted.moment.isoformat()}'"
        settings["recovery_target_action"] = "'promote'"
    return settings


def _last_checkpoint(server: EmbeddedServer) -> int:
    """The newest checkpoint of the trail that the restored database knows."""
    address = server.address(ADMIN_ROLE, DATABASE_NAME)
    with psycopg.connect(**address.as_conninfo()) as connection:  # type: ignore[arg-type]
        row = connection.execute("SELECT coalesce(max(number), 0) FROM audit_checkpoint").fetchone()
    return int(row[0]) if row else 0


def _examine(staging: Path, wanted: Wanted, aside: int) -> dict[str, Any]:
    """Prove the restored installation in a process of its own, which sees nothing but it."""
    names: tuple[str, ...] = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")
    names += ("JINGKAI_CHECKPOINTS_COPY_FOLDER", "JINGKAI_FILES_URL")
    variables = {key: value for key, value in os.environ.items() if key not in names}
    variables |= {"JINGKAI_HOME": str(staging), "JINGKAI_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "jingkai", "examine-restored", str(wanted.folder)]
    done = subprocess.run(
        [*command, "--set-aside", str(aside), "--until", wanted.until],
        check=False,
        capture_output=True,
        text=True,
        env=variables,
    )
    if done.returncode not in (0, 1) or not done.stdout:
        raise CannotStart(
            f"What was restored could not be examined: {done.stderr[-2000:]}",
            "Tell whoever keeps the product.",
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@click.command(hidden=True)
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--set-aside", "aside", type=int, default=0)
@click.option("--until", default="")
def examine(folder: Path, aside: int, until: str) -> None:
    """Prove the installation that JINGKAI_HOME names after it was restored from FOLDER; prints JSON."""
    open_installation()
    from django.utils import timezone

    from jingkai.casework.cases.api import batches_of_cases, differing
    from jingkai.kernel.audit import api as audit
    from jingkai.kernel.backups import api
    from jingkai.kernel.permissions.data import SYSTEM
    from jingkai.records.files.api import missing_objects
    from jingkai.records.files.models import StoredFile

    trail = audit.verify()
    examined, cases = 0, dict[str, list[str]]()
    for batch in batches_of_cases():
        examined += len(batch)
        cases |= {batch[case]: lines for case, lines in differing(batch).items()}
    missing = missing_objects(StoredFile.objects.all())
    found: dict[str, Any] = {
        "trail": {
            "intact": trail.intact,
            "entries": trail.entries,
            "faults": [one.line() for one in trail.faults],
        },
        "cases": {"examined": examined, "differences": cases},
        "files": {"known": StoredFile.objects.count(), "missing": [str(one) for one in missing]},
    }
    found["sound"] = trail.intact and not cases and not missing
    facts = {"backup": folder.name, "sound": found["sound"], "until": until, "set_aside": aside}
    api.note_restored(manifest=api.read_manifest(folder), facts=facts, by=SYSTEM, at=timezone.now())
    click.echo(json.dumps(found, ensure_ascii=False))
    sys.exit(0 if found["sound"] else 1)


def _drill(wanted: Wanted, as_json: bool) -> dict[str, Any]:
    """Restore into a passing place and note in this installation what came of it."""
    from django.utils import timezone

    from jingkai.kernel.backups import api
    from jingkai.kernel.permissions.data import SYSTEM

    run = api.begin(kind="drill", folder=wanted.folder, by=SYSTEM, at=timezone.now())
    place = Path(tempfile.mkdtemp(prefix="jingkai-drill-"))
    place.chmod(0o755)
    problem, found = "", {"sound": False}
    try:
        with progress(hidden=as_json) as tell:
            found = restore_into(place / "home", wanted, tell)
        problem = "" if found["sound"] else json.dumps(found, ensure_ascii=False)[:2000]
    except BaseException as error:
        problem = str(error)
        raise
    finally:
        _discard(place / "home")
        shutil.rmtree(place, ignore_errors=True)
        manifest = None if problem else api.read_manifest(wanted.folder)
        api.end(run=run, manifest=manifest, problem=problem, by=SYSTEM, at=timezone.now())
    return found


def _keys(wanted: Wanted, manifest: Manifest) -> bytes:
    """The archive of secrets and keys: opened with the recovery key, put elsewhere, or this machine's own."""
    from jingkai.kernel.backups import api

    if wanted.bare_keys:
        return wanted.bare_keys.read_bytes()
    if wanted.recovery_key and manifest.about["keys"] == api.KEYS:
        passphrase = ask_passphrase(wanted.passphrase_file)
        return api.unlock(
            (wanted.folder / api.KEYS).read_bytes(), wanted.recovery_key.read_bytes(), passphrase
        )
    if exists() and (environment().home / MARKER).exists():
        return api.pack(home_folders())
    raise CannotStart(
        "The keys of the installation are needed: without them no personal data can be read.",
        "Name the recovery key (--recovery-key FILE), or the archive that was put elsewhere (--keys FILE).",
    )


def _refuse_foreign_key(staging: Path, manifest: Manifest) -> None:
    """The manifest must be sealed with a key that lies among the installation's own keys."""
    from jingkai.kernel.backups.api import BackupRefused

    own = staging / "keys" / f"trail-{manifest.seal['key']}.pub"
    if not own.is_file() or own.read_text(encoding="ascii") != manifest.seal["public"]:
        raise BackupRefused("manifest.json", "it was sealed with a key that is not this installation's")


def _refuse_moment(wanted: Wanted, manifest: Manifest) -> None:
    from jingkai.kernel.backups.api import BackupFailed

    whole = datetime.fromisoformat(manifest.about["database_at"])
    if wanted.moment and wanted.moment < whole:
        raise BackupFailed(
            f"This backup is whole from {whole.isoformat()} on, after the moment asked for.",
            "Take the backup before it.",
        )


def _why(log: str, wanted: Wanted) -> str:
    if "recovery ended before configured recovery target was reached" in log:
        return (
            f"What was kept ends before {wanted.until}; `--until latest` goes as far as there is something."
        )
    return ""


@contextlib.contextmanager
def _removed_on_failure(staging: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _discard(staging)
        raise


def _discard(home: Path) -> None:
    """Remove a home and its database, wherever that lies."""
    if (home / "postgres").is_symlink():
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _as_text(found: dict[str, Any]) -> str:
    lines = [f"Restored into {found['home']} from {found['backup']} (made {found['made_at']})."]
    if found["database"] == "laid out":
        lines.append(
            f"The database lies in {found['home']}/database: start it with your own PostgreSQL, set"
            " DATABASE_URL, then run `jingkai audit verify` and `jingkai casework rebuild --check`."
        )
        return "\n".join(lines)
    trail, cases, files = found["trail"], found["cases"], found["files"]
    lines += trail["faults"]
    lines.append(f"Trail: {trail['entries']} entries, {'intact' if trail['intact'] else 'ALTERED'}.")
    lines += [f"{reference}: {line}" for reference, these in cases["differences"].items() for line in these]
    lines.append(f"Rebuild check: {cases['examined']} cases examined, {len(cases['differences'])} differ.")
    lines.append(f"Files: {files['known']} known, {len(files['missing'])} missing.")
    if found["set_aside"]:
        lines.append(
            f"{found['set_aside']} checkpoints signed entries after this moment;"
            " they are kept in checkpoints/set-aside."
        )
    return "\n".join([*lines, "Everything is sound." if found["sound"] else "FAULTS were found."])
