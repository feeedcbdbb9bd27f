"""`jingkai files`: move files between folder and bucket, read every byte of them."""

from __future__ import annotations

import sys

import click
from django.utils import timezone

from jingkai.kernel.audit.api import record_command
from jingkai.kernel.hooks.api import in_words
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.records.files import operations


@click.group()
def files() -> None:
    """Move files between the folder and the bucket, prove every byte."""


@files.command()
@click.option(
    "--back", is_flag=True, help="From the bucket into this machine's folder; the bucket keeps its own."
)
@in_words(1)
def move(back: bool) -> None:
    """Send the files of this machine's folder to the bucket that JINGKAI_FILES_URL names.

    May be stopped and repeated, and runs while people work. Exit code 1: some could not be moved, or the
    bucket gave no answer; all that was not moved is where it was.
    """
    facts = {"to": "folder" if back else "bucket"}
    record_command(command="files move", by=SYSTEM, at=timezone.now(), facts=facts)
    found = (operations.move_to_folder if back else operations.move_to_bucket)(tell=_tell)
    for key in found.faults:
        click.echo(f"DAMAGED: {key}")
    click.echo(f"{found.moved} files moved, {found.there} were there already, {len(found.faults)} damaged.")
    sys.exit(1 if found.faults else 0)


@files.command()
@in_words(1)
def verify() -> None:
    """Read every stored file where it is kept and compare its digest. Exit code 1: some are not whole."""
    count, wrong = operations.verify_objects(tell=_tell)
    for key in wrong:
        click.echo(f"MISSING OR ALTERED: {key}")
    click.echo(f"{count} files read, {len(wrong)} missing or altered.")
    sys.exit(1 if wrong else 0)


def _tell(done: int) -> None:
    if done % 100 == 0 and sys.stderr.isatty():
        click.echo(f"\r{done}", nl=False, err=True)
