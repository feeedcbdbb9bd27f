"""`jingkai efficiency rebuild [--check]`: write the facts anew from the matters, or prove that they agree.

`jingkai efficiency roll-up ZONES.toml`: ask several zones for their figures and add them up.

Exit code 0: done, or every fact agrees; 1: differences were found; 2: wrong usage.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import click

from jingkai.modules.efficiency.data import Zone


@click.group()
def efficiency() -> None:
    """Keep the figures of efficiency in order."""


@efficiency.command()
@click.option("--check", is_flag=True, help="Compare only; nothing is written.")
def rebuild(*, check: bool) -> None:
    """Write every fact anew from its matter; with --check print `ITEM: what differs`, one per line."""
    from django.utils import timezone

    from jingkai.kernel.audit.api import record_command
    from jingkai.kernel.permissions.data import SYSTEM
    from jingkai.modules.efficiency import operations

    if not check:
        record_command(command="efficiency rebuild", by=SYSTEM, at=timezone.now())
        click.echo(f"{operations.rebuild_facts()} facts written", err=True)
        return
    found = operations.check_facts()
    for one in found:
        click.echo(f"{one.item_id}: {one.what}")
    click.echo(f"{len(found)} facts differ", err=True)
    sys.exit(1 if found else 0)


@efficiency.command("roll-up")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ZONES.toml")
@click.option("--by", type=click.Choice(["item", "month", "package"]), default="item", show_default=True)
@click.option("--since", default="", help="First month, YYYY-MM; else the last twelve months.")
@click.option("--until", default="", help="Last month, YYYY-MM.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def roll_up(file: Path, by: str, since: str, until: str, *, as_json: bool) -> None:
    """Ask every zone of a list for its figures by the interface, and add them up.

    The list: `[[zone]]` with `name`, `url`, `token_file` (a token of that zone with the scope
    efficiency:read). Exit code 0: all answered; 1: some did not, the sums are those of the others.
    """
    from jingkai.modules.efficiency import operations

    found = operations.roll_up(_zones(file), by=by, since=since, until=until)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _as_text(found))
    sys.exit(0 if not found["silent"] else 1)


def _zones(file: Path) -> list[Zone]:
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8"))["zone"]
        return [
            Zone(one["name"], one["url"], (file.parent / one["token_file"]).read_text("utf-8").strip())
            for one in listed
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, OSError) as error:
        raise click.UsageError(f"{file} cannot be read as a list of zones: {error}") from error


def _as_text(found: dict[str, Any]) -> str:
    lines = ["\t".join(("key", "days", "zones", "items", "statutory", "promised", "used", "on time %"))]
    for one in (*found["rows"], *found["totals"]):
        shown = (one["key"], one["day_unit"], one["zones"], one["count"], one["statutory"])
        lines.append("\t".join(map(str, (*shown, one["promised"], one["actual"], one["on_time_rate"]))))
    lines += [f"{zone['name']}\tas of {zone['as_of']}" for zone in found["zones"]]
    return "\n".join([*lines, *(f"{zone['name']}\tSILENT: {zone['why']}" for zone in found["silent"])])
