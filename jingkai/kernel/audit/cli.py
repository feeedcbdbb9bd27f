"""`jingkai audit`: verify, sign, export. Exit code 0: intact or done; 1: altered; 2: wrong usage."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from django.utils import timezone

from jingkai.kernel.audit.data import Filter, Stream, Verification
from jingkai.kernel.audit.operations import export_whole, record_command, send_all, write_checkpoints
from jingkai.kernel.audit.operations import set_aside as set_checkpoints_aside
from jingkai.kernel.audit.operations import verify as verify_trail
from jingkai.kernel.audit.queries.exports import FORMATS, export_lines
from jingkai.kernel.audit.rules.sm2 import make_sm2_key, sm2_key
from jingkai.kernel.hooks.api import in_words
from jingkai.kernel.permissions.data import SYSTEM


class StreamType(click.ParamType[Stream]):
    """`KIND:NUMBER`, as in `cases.case:41`."""

    name = "KIND:NUMBER"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Stream:
        """Read a stream's name."""
        kind, _, number = value.rpartition(":")
        if not kind or not number.isascii() or not number.isdigit():
            self.fail(f"{value!r} is not KIND:NUMBER, as in cases.case:41", param, ctx)
        return kind, int(number)


STREAM = StreamType()


@click.group()
def audit() -> None:
    """Verify, sign and export the trail."""


@audit.command()
@click.option("--stream", type=STREAM, help="Verify this stream only.")
@click.option("--key", default="", help="The fingerprint of the key that must have signed every checkpoint.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@in_words(2)
def verify(stream: Stream | None, key: str, as_json: bool) -> None:
    """Prove that no entry was edited, deleted, reordered, inserted or cut off; name each that was."""
    found = verify_trail(stream=stream, key=key)
    click.echo(_as_json(found) if as_json else _as_text(found))
    sys.exit(0 if found.intact else 1)


def _as_text(found: Verification) -> str:
    lines = [fault.line() for fault in found.faults]
    if found.fault_count > len(found.faults):
        lines.append(f"and {found.fault_count - len(found.faults)} more")
    counts = (
        f"entries {found.entries}, streams {found.streams}, checkpoints {found.checkpoints}, "
        f"entries after the last checkpoint {found.after_checkpoint}"
    )
    verdict = "The trail is intact." if found.intact else f"The trail was ALTERED: {found.fault_count} found."
    return "\n".join([*lines, counts, verdict])


def _as_json(found: Verification) -> str:
    return json.dumps({"intact": found.intact, **asdict(found)}, ensure_ascii=False)


@audit.command()
@in_words(2)
def checkpoint() -> None:
    """Sign everything that no checkpoint has signed yet."""
    written = write_checkpoints(at=timezone.now())
    for item in written:
        click.echo(f"checkpoint {item.number}: {item.entries} entries signed, {item.streams} streams grew")
    if not written:
        click.echo("Nothing was new.")


@audit.command("sm2-key")
def make_key() -> None:
    """Make a key by which every checkpoint from now on is signed by SM2 as well; print its fingerprint.

    To be run once; where several machines share the trail, copy JINGKAI_HOME/keys to the others. Releases
    before 0.2.0 cannot prove such checkpoints.
    """
    known = sm2_key()
    made = known or make_sm2_key()
    if not known:
        record_command(command="audit sm2-key", by=SYSTEM, at=timezone.now(), facts={"key": made})
    click.echo(made)


@audit.command()
@in_words(2)
def send() -> None:
    """Put the checkpoints that were signed before there was a bucket into it; never over anything.

    To be run once where JINGKAI_FILES_URL was named, on the machine that has them. Exit code 1: under some
    numbers other ones lie there.
    """
    record_command(command="audit send", by=SYSTEM, at=timezone.now())
    sent, refused = send_all()
    for number in refused:
        click.echo(f"checkpoint {number}: another one lies in the bucket")
    click.echo(f"{sent} checkpoints sent.")
    sys.exit(1 if refused else 0)


@audit.command("set-aside")
@in_words(2)
def aside() -> None:
    """After a restore to an earlier moment: lay aside the checkpoints that sign what came later.

    They are kept, in the bucket under set-aside/ and here in checkpoints/set-aside, as evidence of what is no
    longer there.
    """
    shared, here = set_checkpoints_aside(by=SYSTEM, at=timezone.now())
    click.echo(f"{shared} checkpoints set aside in the bucket, {here} on this machine.")


@audit.command()
@click.option("--stream", type=STREAM, help="Export this stream only.")
@click.option("--since", type=click.DateTime(), help="From this day or moment on.")
@click.option("--until", type=click.DateTime(), help="Before this day or moment.")
@click.option("--action", default="", help="This action only.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="jsonl", show_default=True)
@click.option("--into", type=click.Path(path_type=Path), help="Write everything an outsider needs here.")
@in_words(2)
def export(
    stream: Stream | None,
    since: datetime | None,
    until: datetime | None,
    action: str,
    form: str,
    into: Path | None,
) -> None:
    """Write the entries to the standard output, oldest first.

    With --into a new folder gets the whole trail, its checkpoints and the public keys:
    docs/how-to/verify_trail.py proves it on any machine that has Python.
    """
    wanted = Filter(stream=stream, since=_zoned(since), until=_zoned(until), action=action)
    if into is not None:
        if wanted != Filter() or form != "jsonl":
            raise click.UsageError("--into writes the whole trail: leave the other options out")
        click.echo(f"{export_whole(into)} entries in {into}", err=True)
        return
    for line in export_lines(wanted, form):
        click.echo(line, nl=False)


def _zoned(moment: datetime | None) -> datetime | None:
    return timezone.make_aware(moment) if moment else None
