"""`jingkai keys`: the keys of personal data, and old rows under the newest one. Exit code 1: not done."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
from django.utils import timezone

from jingkai.kernel.hooks.api import in_words
from jingkai.kernel.parties import operations
from jingkai.kernel.parties.models.keyring import AES, SM4
from jingkai.kernel.parties.queries import list_keys
from jingkai.kernel.permissions.data import SYSTEM

CIPHERS = {"aes": AES, "sm4": SM4}


@click.group()
def keys() -> None:
    """Change the keys that phones, addresses, secrets and payloads are encrypted with."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(as_json: bool) -> None:
    """Show every key: algorithm, age, and how many values are under it."""
    lines = list_keys()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in lines], default=str, ensure_ascii=False))
        return
    for one in lines:
        made = f"{one.made:%Y-%m-%d}" if one.made else ""
        state = "in use" if one.current else f"until {one.left:%Y-%m-%d}" if one.left else "waits"
        click.echo(f"{one.name}\t{one.cipher}\tmade {made}\t{state}\t{one.values} values")


@keys.command()
@click.option("--cipher", type=click.Choice(sorted(CIPHERS)), default="aes", show_default=True)
@click.option("--later", is_flag=True, help="Only add it: with several machines, copy the file first.")
@in_words(1)
def new(cipher: str, later: bool) -> None:
    """Make a key and take it into use. What is written from now on is under it; old rows stay readable.

    Where several machines serve one database: `keys new --later`, copy secrets/personal-data.json to the
    others, then `keys use` on each. Back up afterwards: without this file the values are lost.
    """
    name = operations.add_key(cipher=CIPHERS[cipher], use=not later, by=SYSTEM, at=timezone.now())
    click.echo(f"key {name} is {'there' if later else 'in use'}")


@keys.command()
@click.argument("name")
@in_words(1)
def use(name: str) -> None:
    """Take a key into use that is there already."""
    operations.use_key(name=name, by=SYSTEM, at=timezone.now())
    click.echo(f"key {name} is in use")


@keys.command()
@in_words(1)
def reencrypt() -> None:
    """Encrypt every value anew that is not yet under the key in use.

    Runs while everybody works, in small steps, and may be stopped and repeated. Exit code 1: some rows were
    held by somebody until the end; run it again.
    """
    found = operations.encrypt_anew(by=SYSTEM, at=timezone.now(), tell=_tell)
    click.echo(f"{found.values} values encrypted anew, {found.left} left.")
    sys.exit(1 if found.left else 0)


@keys.command()
@click.argument("name")
@in_words(1)
def drop(name: str) -> None:
    """Take an old key away for good: one that opens no row, three days after another took its place.

    Backups from before hold their own copy of it.
    """
    operations.drop_key(name=name, by=SYSTEM, at=timezone.now())
    click.echo(f"key {name} is gone")


def _tell(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done}", nl=False, err=True)
