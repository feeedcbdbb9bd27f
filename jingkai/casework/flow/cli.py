"""`jingkai flow lint`: check flow files. Exit code 0: clean; 1: faults found; 2: wrong usage."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import django

if TYPE_CHECKING:
    from jingkai.casework.flow.data import Fault


@click.group()
def flow() -> None:
    """Check flows (BPMN files)."""


@flow.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all files.")
@click.pass_context
def lint(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Check flow files before they are published: one line per fault, `FILE:element-id: message`.

    Nothing is written and no database is opened.
    """
    django.setup()
    from django.utils import translation

    with translation.override(getattr(ctx.find_root().obj, "language", "en")):
        found = {str(file): _faults_of(file) for file in files}
    if as_json:
        shown = {name: [asdict(fault) for fault in faults] for name, faults in found.items()}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for name, faults in found.items():
            for fault in faults:
                click.echo(f"{name}:{fault.element}: {fault.message}")
    sys.exit(1 if any(found.values()) else 0)


def _faults_of(file: Path) -> list[Fault]:
    from jingkai.casework.flow.operations import action_names
    from jingkai.casework.flow.rules import lint

    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    return lint(content, actions=action_names())
