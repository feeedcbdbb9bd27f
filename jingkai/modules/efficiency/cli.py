"""`jingkai efficiency rebuild [--check]`: write the facts anew from the matters, or prove that they agree.

Exit code 0: done, or every fact agrees; 1: differences were found; 2: wrong usage.
"""

from __future__ import annotations

import sys

import click


@click.group()
def efficiency() -> None:
    """Keep the figures of efficiency in order."""


@efficiency.command()
@click.option("--check", is_flag=True, help="Compare only; nothing is written.")
def rebuild(*, check: bool) -> None:
    """Write every fact anew from its matter; with --check print `ITEM: what differs`, one per line."""
    from jingkai.modules.efficiency import operations

    if not check:
        click.echo(f"{operations.rebuild_facts()} facts written", err=True)
        return
    found = operations.check_facts()
    for one in found:
        click.echo(f"{one.item_id}: {one.what}")
    click.echo(f"{len(found)} facts differ", err=True)
    sys.exit(1 if found else 0)
