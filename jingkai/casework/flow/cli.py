"""`jingkai flow lint|simulate`: check flow files, run them against a roster.

Exit code 0: clean or run; 1: faults found, or a run without an end; 2: wrong usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import django

if TYPE_CHECKING:
    from jingkai.casework.flow.data import Fault
    from jingkai.casework.flow.data.simulation import SimulationReport


@click.group()
def flow() -> None:
    """Check flows (BPMN files) and try them out."""


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


STAFF_HELP = """Run a flow against a roster before it is enacted, and show where the days go.

Nothing is written and no database is opened: working days are those of the packaged holiday notices.

\b
--arrivals SPEC
  8/day, 20/week   so many cases, at random on working days
  every 30m        one after the other in office time (m minutes, h hours)
  at once          all on the first morning

\b
--staff FILE, JSON, every part may be left out:
  {"people":    {"approval": 2, "role:signer": 1, "role:officer@fire": 3},
   "hours":     7,                     hours of work a day
   "absent":    0.1,                   share of days on which a person is away
   "work":      {"*": "1h", "review": "3h"},      work per task (m, h, d)
   "waits":     {"applicant": "4d", "supply": "2d", "message": "3d"},
   "outcomes":  {"review": {"agree": 0.9, "object": 0.1}},
   "variables": {"urgent": false,                 fixed,
                 "area": [100, 2000],             one of a list,
                 "kind": {"new": 3, "changed": 1}}}     or by weights

\b
A pool that the file does not name has one person. What the applicant or starter does, messages, signals
and sub-cases wait natural days (`waits`, by node or kind). Timers and time-outs ring as they would, in
calendar time: a task that nobody has begun goes to the head ("heads") or to whom the flow names.


Decision tables given with --table decide. A fact that they ask for and `variables` does not give is drawn
from the cells of the table itself: at, below and above every number and day that it names. Two rules of a
UNIQUE table that fit at once end the run with their names.


Times are working days, per visit of a node:
queue (nobody had begun), work (begun, with nights and absences), suspended (waiting for others outside).
"""


@flow.command(help=STAFF_HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cases", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--arrivals", "spec", default="8/day", show_default=True, help="How cases come.")
@click.option(
    "--staff", "staff_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same run.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), default="2026-01-05", show_default=True)
@click.option(
    "--table",
    "table_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A decision table (DMN) of the flow; its key is the file's name. May be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def simulate(
    ctx: click.Context,
    file: Path,
    *,
    cases: int,
    spec: str,
    staff_file: Path,
    seed: int,
    start: datetime,
    table_files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Run a flow against a roster; see `STAFF_HELP`."""
    django.setup()
    from django.utils import translation

    with translation.override(getattr(ctx.find_root().obj, "language", "en")):
        report = _simulated(file, spec, staff_file, table_files, cases=cases, seed=seed, start=start)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _show(report)


def _simulated(
    file: Path,
    spec: str,
    staff_file: Path,
    table_files: Sequence[Path],
    *,
    cases: int,
    seed: int,
    start: datetime,
) -> SimulationReport:
    from jingkai.casework.flow.data import DecisionConflict
    from jingkai.casework.flow.data.simulation import BadPlan, parse_arrivals, read_staff
    from jingkai.casework.flow.queries import simulate as run
    from jingkai.casework.flow.rules import (
        DecisionRefused,
        FlowRefused,
        TooLong,
        compile_bpmn,
        compile_dmn,
    )
    from jingkai.kernel.calendar.api import CalendarYearMissing, get_packaged_calendar

    try:
        arrivals = parse_arrivals(spec)
        staff = read_staff(staff_file.read_text())
    except (BadPlan, OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{error}") from error
    try:
        compiled = compile_bpmn(file.read_bytes())
        calendar = get_packaged_calendar()
        return run(
            compiled,
            cases=cases,
            arrivals=arrivals,
            staff=staff,
            seed=seed,
            start=start.date(),
            calendar=calendar,
            tables={one.stem: compile_dmn(one.read_bytes()) for one in table_files},
        )
    except (FlowRefused, DecisionRefused) as refused:
        for fault in refused.faults:
            click.echo(f"{file}:{fault.element}: {fault.message}", err=True)
    except DecisionConflict as conflict:
        click.echo(f"{file}: rules {', '.join(conflict.rules)} of {conflict.decision} fit at once", err=True)
    except (TooLong, CalendarYearMissing) as error:
        click.echo(f"{file}: {error or 'the run does not come to an end'}", err=True)
    sys.exit(1)


def _show(report: SimulationReport) -> None:
    """Print the report as two tables, in working days."""
    click.echo(
        f"{report.finished} of {report.cases} cases finished: mean {report.mean}, median {report.median}, "
        f"nine of ten within {report.ninth} working days"
    )
    click.echo(f"per case: queue {report.queue}, work {report.work}, suspended {report.suspended}")
    click.echo(f"\n{'node':24} {'visits':>7} {'queue':>8} {'work':>8} {'suspended':>10} {'open':>6}")
    for line in report.nodes:
        click.echo(
            f"{line.node[:24]:24} {line.visits:7} {line.queue:8.2f} {line.work:8.2f} "
            f"{line.suspended:10.2f} {line.open:6}"
        )
    click.echo(f"\n{'unit':24} {'people':>7} {'visits':>8} {'queue':>8} {'work':>8} {'busy':>6}")
    for unit in report.units:
        click.echo(
            f"{unit.unit[:24]:24} {unit.people:7} {unit.visits:8} {unit.queue:8.2f} {unit.work:8.2f} "
            f"{unit.busy:6.0%}"
        )
