"""`jingkai doctor`: examine the installation and say what to do. Exit code 1 when something failed."""

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
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Examine database, files, fonts, jobs, calendar, mail and more; say what to do.

    Exit code 0: nothing failed (there may be warnings). 1: something failed. 2: wrong usage.
    """
    findings = list(_findings(ctx))
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


def _print(findings: Iterable[Finding]) -> None:
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(mark, fg=colour)}  {finding.name:<{width}}  {finding.message}")
        if finding.advice:
            click.echo(f"{'':<{width + 8}}→ {finding.advice}")
