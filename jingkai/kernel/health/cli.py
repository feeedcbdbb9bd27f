"""`jingkai doctor`: examine the installation; `jingkai program`: its files. Exit code 1: something failed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

import click

from jingkai.kernel.health.data import Finding

MARKS = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--alert", is_flag=True, help="Tell the operator by mail and text message what has changed.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, alert: bool) -> None:
    """Examine database, files, fonts, jobs, calendar, mail and more; say what to do.

    With --alert whoever JINGKAI_ALERT_MAIL and JINGKAI_ALERT_PHONES name is told of changes, once. It needs
    neither the worker nor the database, so a timer of the machine runs it (docs/how-to/alerts.md).

    Exit code 0: nothing failed (there may be warnings). 1: something failed. 2: wrong usage.
    """
    findings = list(_findings(ctx))
    if alert:
        _tell(findings)
    healthy = all(finding.state != "fail" for finding in findings)
    if as_json:
        answer = {"healthy": healthy, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        _print(findings)
    sys.exit(0 if healthy else 1)


def _findings(ctx: click.Context) -> Iterable[Finding]:
    terminal = ctx.find_root().obj
    try:
        opened = terminal.open()
    except Exception as error:
        problem = str(getattr(error, "problem", "") or error)
        return [Finding("installation", "fail", problem, str(getattr(error, "advice", "")))]
    if not opened:
        problem = f"There is no installation in {terminal.home}."
        return [Finding("installation", "fail", problem, "Run `make demo`, or `jingkai migrate`.")]
    from django.utils import translation

    from jingkai.kernel.health.queries import examine

    with translation.override(terminal.language):
        return list(examine())


def _tell(findings: list[Finding]) -> None:
    """Tell the operator; settings are loaded even where the installation could not be opened."""
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone, translation

    from jingkai.kernel.health.operations import watch_over

    with translation.override(settings.LANGUAGE_CODE):
        for one in watch_over(findings, at=timezone.now()):
            click.echo(f"told: {one.name} {one.state}", err=True)


def _print(findings: Iterable[Finding]) -> None:
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(mark, fg=colour)}  {finding.name:<{width}}  {finding.message}")
        if finding.advice:
            click.echo(f"{'':<{width + 8}}→ {finding.advice}")


@click.group()
def program() -> None:
    """Say whether the program's files are those that were installed."""


@program.command()
def accept() -> None:
    """Take the program files of this machine as they are for those that shall be there.

    To be run after installing a release, on every machine; `jingkai migrate` does it for a new one. The
    list is signed; its fingerprint and what has changed since the last one are an entry in the trail.
    """
    from importlib.metadata import version

    from django.utils import timezone

    from jingkai.kernel.health.operations import accept_program
    from jingkai.kernel.permissions.data import SYSTEM

    count, found = accept_program(release=version("jingkai"), by=SYSTEM, at=timezone.now())
    parts = (("changed", found.changed), ("added", found.added), ("removed", found.missing))
    click.echo(f"{count} files accepted; {', '.join(f'{len(one)} {word}' for word, one in parts)}")


@program.command()
def verify() -> None:
    """Compare every program file with those that were accepted; exit code 1: some differ, and are named."""
    from django.utils import timezone

    from jingkai.kernel.health.queries.program import look_at_program

    look = look_at_program(at=timezone.now(), whole=True)
    parts = (("changed", look.difference.changed), ("added", look.difference.added))
    for word, names in (*parts, ("removed", look.difference.missing)):
        for name in names:
            click.echo(f"{word}\t{name}")
    verdicts = {
        "sound": "The list of program files is the one accepted last.",
        "older": "The list of program files is an earlier one; another was accepted since.",
        "forged": "The list of program files is NOT one that was accepted.",
        "unknown": "No list of program files was accepted on this machine.",
    }
    click.echo(verdicts[look.state])
    sys.exit(1 if look.difference or look.state in ("forged", "unknown") else 0)
