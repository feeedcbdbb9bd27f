"""`jingkai backup`, `jingkai follow` and `jingkai setup recovery-key`: what is kept, and where it is put."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ParamSpec

import click

from jingkai.config.addresses import parse_database_url
from jingkai.config.environment import (
    ADMIN_ROLE,
    DATABASE_NAME,
    Environment,
    database_address,
    embedded_address,
    environment,
)
from jingkai.config.home import CannotStart, prepare_home
from jingkai.config.installation import open_installation, require_database, start_django
from jingkai.config.programs import client_programs

if TYPE_CHECKING:
    from jingkai.kernel.backups.data import Home, Made, Server, Tell


P = ParamSpec("P")


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Tell a failed backup or restore in words and end with exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from jingkai.kernel.backups.data import BackupFailed

        try:
            command(*args, **kwargs)
        except BackupFailed as error:
            click.echo("\n".join(filter(None, (f"jingkai: {error.problem}", error.advice))), err=True)
            sys.exit(1)

    return run


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "--keys",
    "keys_place",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the keys here, in the clear, instead of locking them into the backup.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@in_words
def backup(folder: Path | None, keys_place: Path | None, as_json: bool) -> None:
    """Back up database, files, checkpoints and keys into DIR while everything goes on.

    DIR must not exist yet. Without it, a folder named by the moment is made in JINGKAI_BACKUP_FOLDER, what
    the plan no longer keeps is removed, and JINGKAI_BACKUP_HOOK is run. Exit code 1: there is no backup.
    """
    open_installation()
    require_database()
    from django.utils import timezone

    from jingkai.kernel.backups.api import NAME

    planned = folder is None
    target = folder or _root() / timezone.now().astimezone(UTC).strftime(NAME)
    with _one_at_a_time(environment().home), progress(hidden=as_json) as tell:
        made, offsite = _make(target.absolute(), keys_place, planned=planned, tell=tell)
    click.echo(json.dumps(_plain(made, offsite), ensure_ascii=False) if as_json else _as_text(made, offsite))
    sys.exit(1 if offsite else 0)


def _make(folder: Path, keys_place: Path | None, *, planned: bool, tell: Tell) -> tuple[Made, str]:
    """Make, record, hand over and prune; gives the backup and what went wrong with the copy elsewhere."""
    from django.utils import timezone

    from jingkai.kernel.backups import api
    from jingkai.kernel.permissions.data import SYSTEM

    run = api.begin(kind="backup", folder=folder, by=SYSTEM, at=timezone.now())
    try:
        made = api.make_backup(
            folder=folder,
            server=server_to_copy(environment()),
            home=home_folders(),
            about={**_about(environment()), "run": str(run.uuid)},
            clock=timezone.now,
            keys_place=keys_place,
            tell=tell,
        )
    except BaseException as error:
        api.end(run=run, problem=str(error) or type(error).__name__, by=SYSTEM, at=timezone.now())
        raise
    api.end(run=run, manifest=made.manifest, by=SYSTEM, at=timezone.now())
    hook = environment().backup_hook
    offsite = api.hand_over(run=run, command=hook) if planned and hook else ""
    if planned:
        api.prune(folder.parent, api.plan_on(timezone.localdate()))
    return made, offsite


def server_to_copy(chosen: Environment) -> Server:
    """The server as a role that may replicate reaches it; raises CannotStart when none was named."""
    from jingkai.kernel.backups.data import Server

    if chosen.embedded:
        found = embedded_address(chosen.home, user=ADMIN_ROLE, name="postgres")
        return Server(found.host, found.port, found.user, found.password, DATABASE_NAME, client_programs())
    if not chosen.database_backup_url:
        raise CannotStart(
            "No role is named that may copy the database server.",
            "CREATE ROLE jingkai_backup LOGIN REPLICATION PASSWORD '…'; allow it in pg_hba.conf;"
            " then set DATABASE_BACKUP_URL. See docs/how-to/back-up.md.",
        )
    found = parse_database_url("DATABASE_BACKUP_URL", chosen.database_backup_url)
    own = shutil.which("pg_basebackup")
    programs = Path(own).resolve().parent if own else client_programs()
    name = database_address(chosen).name
    return Server(found.host, found.port, found.user, found.password, name, programs, embedded=False)


def home_folders() -> Home:
    """The folders of this installation that a backup holds."""
    from django.conf import settings

    from jingkai.kernel.backups.data import Home

    home = prepare_home(environment().home)
    folders = (home, Path(settings.FILES_FOLDER), Path(settings.CHECKPOINTS_FOLDER), environment().secrets)
    return Home(*folders, elsewhere=BucketFiles() if settings.FILES_URL else None)


class BucketFiles:
    """The stored files of a bucket, as a backup takes them."""

    LOOK_BACK = 1000
    """A transaction that began earlier may end later: so many rows are looked at again."""

    def list_keys(self) -> Iterator[str]:
        """Name every object of the bucket."""
        from jingkai.records.files.api import store_objects

        with _store_in_words():
            yield from (thing.key for thing in store_objects())

    def copy(self, key: str, target: Path) -> str | None:
        """Copy one object as it comes; whether it is whole tells its digest."""
        from jingkai.records.files.api import copy_object

        with _store_in_words():
            return copy_object(key, target)

    def since(self, mark: int) -> tuple[list[str], int]:
        """Name what rows after a mark point to."""
        from jingkai.records.files.models import StoredFile

        found = StoredFile.objects.filter(pk__gt=mark - self.LOOK_BACK).order_by("pk")
        rows = list(found.values_list("pk", "sha256"))
        return [key for _pk, key in rows], rows[-1][0] if rows else mark


@contextlib.contextmanager
def _store_in_words() -> Iterator[None]:
    from jingkai.kernel.backups.data import BackupFailed
    from jingkai.kernel.hooks.data import PersonFacingError

    try:
        yield
    except PersonFacingError as error:
        raise BackupFailed(str(error.sentence), str(error.advice)) from error


def _about(chosen: Environment) -> dict[str, Any]:
    """What a backup says of itself; everything is signed first, so that the trail is proved up to here."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils import timezone

    from jingkai.kernel.audit import api as audit
    from jingkai.kernel.audit.models import Checkpoint
    from jingkai.kernel.hooks.data import PersonFacingError

    try:
        audit.write_checkpoints(at=timezone.now())
    except PersonFacingError as error:  # what waits for its checkpoint is backed up all the same
        click.echo(f"jingkai: {error.sentence}\n{error.advice}", err=True)
    last = Checkpoint.objects.order_by("-number").first()
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return {
        "product": "jingkai",
        "release": version("jingkai"),
        "database": {
            "embedded": chosen.embedded,
            "name": database_address(chosen).name,
            "server": connection.cursor().connection.info.server_version,
        },
        "schema": sorted(f"{app}.{name}" for app, name in leaves),
        "trail": {"checkpoint": last.number, "hash": last.hash, "entries": last.entries} if last else {},
    }


def _root() -> Path:
    root = environment().backup_folder
    if root is None:
        raise CannotStart(
            "No folder is named.", "Name one: jingkai backup DIR, or set JINGKAI_BACKUP_FOLDER."
        )
    return root


@contextlib.contextmanager
def _one_at_a_time(home: Path) -> Iterator[IO[str]]:
    with (home / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart("Another backup is being made.", "Wait until it is done.") from error
        yield lock


@contextlib.contextmanager
def progress(*, hidden: bool) -> Iterator[Tell]:
    """A bar for every part on a terminal, nothing elsewhere."""
    from jingkai.kernel.backups.data import nobody

    if hidden or not sys.stderr.isatty():
        yield nobody
        return
    from rich.console import Console
    from rich.progress import Progress

    bars: dict[str, Any] = {}
    with Progress(console=Console(stderr=True)) as shown:

        def tell(part: str, done: int, total: int) -> None:
            bars.setdefault(part, shown.add_task(part, total=None) if part not in bars else None)
            shown.update(bars[part], completed=done, total=total)

        yield tell


def _plain(made: Made, offsite: str) -> dict[str, Any]:
    return {
        "folder": str(made.folder),
        "size": made.manifest.size,
        "files": len(made.manifest.entries),
        "linked": made.linked,
        "damaged": list(made.damaged),
        "seconds": round(made.seconds, 2),
        "offsite_problem": offsite,
        "about": dict(made.manifest.about),
    }


def _as_text(made: Made, offsite: str) -> str:
    entries = made.manifest.about["trail"].get("entries", 0)
    lines = [
        f"{made.folder}",
        f"{len(made.manifest.entries)} files, {made.manifest.size / 1e6:.1f} MB, {made.seconds:.1f} s;"
        f" {entries} entries of the trail are signed in it.",
        *(f"DAMAGED on this machine, and in no earlier backup: {key}" for key in made.damaged),
    ]
    return "\n".join([*lines, f"The copy elsewhere FAILED: {offsite}"] if offsite else lines)


@click.command("follow")
@click.argument("root", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
@in_words
def follow_on(root: Path | None) -> None:
    """Keep the database's log and new files beside the backups in FOLDER, second by second, until Ctrl-C.

    With it, `jingkai restore --until` goes to any moment after a backup. Run it as a service of its own.
    """
    open_installation()
    from jingkai.kernel.backups.api import follow

    stopped = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stopped.set())
    server = server_to_copy(environment())
    follow(root=(root or _root()).absolute(), server=server, home=home_folders(), stopped=stopped)


@click.command("recovery-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--passphrase-file", type=click.Path(path_type=Path, exists=True), help="Read it from here.")
def recovery_key(file: Path, passphrase_file: Path | None) -> None:
    """Make the key that opens the keys in backups. FILE leaves this machine; two people keep it.

    Only its certificate stays here. A new key does not open older backups: keep the old one as long as them.
    """
    start_django()
    from django.utils import timezone

    from jingkai.kernel.backups.api import CERTIFICATE, make_recovery_key

    wrapped, certificate = make_recovery_key(ask_passphrase(passphrase_file, new=True), at=timezone.now())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(wrapped)
    place = prepare_home(environment().home) / "keys"
    place.mkdir(mode=0o700, exist_ok=True)
    (place / CERTIFICATE).write_bytes(certificate)
    _note_recovery_key(certificate)
    click.echo(f"{file}: take it away from this machine and keep the passphrase apart from it.", err=True)


def _note_recovery_key(certificate: bytes) -> None:
    """Write into the trail, where there is one, that backups are locked for another key from now on."""
    from django.utils import timezone

    from jingkai.config.installation import open_if_exists
    from jingkai.kernel.audit.api import record_command
    from jingkai.kernel.permissions.data import SYSTEM

    if open_if_exists():
        facts = {"certificate": hashlib.sha256(certificate).hexdigest()}
        record_command(command="setup recovery-key", by=SYSTEM, at=timezone.now(), facts=facts)


def ask_passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase of the recovery key, from a file or from the person at the terminal."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    return str(
        click.prompt("Passphrase of the recovery key", hide_input=True, confirmation_prompt=new, err=True)
    )
