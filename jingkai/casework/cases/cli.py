"""`jingkai casework rebuild --check`: prove that the rows of cases follow from their trail.

Exit code 0: every case agrees; 1: differences were found; 2: wrong usage, or a case that does not exist.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click


@click.group()
def casework() -> None:
    """Examine cases and their engine."""


@casework.command()
@click.argument("references", metavar="[CASE]...", nargs=-1)
@click.option("--check", is_flag=True, required=True, help="Compare only; nothing is ever written.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all differences.")
def rebuild(references: tuple[str, ...], *, check: bool, as_json: bool) -> None:
    """Write every case's engine rows again from its trail, in memory, and compare them with the tables.

    CASE is a reference; without one all cases are examined. Prints `REFERENCE: difference`, one per line.
    """
    from jingkai.casework.cases.queries import differing

    examined, found = 0, {}
    for cases in _wanted(references):
        examined += len(cases)
        for case_id, lines in differing(cases).items():
            found[cases[case_id]] = lines
            if not as_json:
                click.echo("\n".join(f"{cases[case_id]}: {line}" for line in lines))
    if as_json:
        click.echo(json.dumps({"examined": examined, "differences": found}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{examined} cases examined, {len(found)} differ", err=True)
    sys.exit(1 if found else 0)


def _wanted(references: tuple[str, ...]) -> Iterator[dict[int, str]]:
    """Give numbers and references of the cases asked for, or of all of them, never all at once."""
    from jingkai.casework.cases.models import Case
    from jingkai.casework.cases.queries import batches_of_cases

    if not references:
        yield from batches_of_cases()
        return
    known = dict(Case.objects.filter(reference__in=references).values_list("reference", "pk"))
    if missing := [reference for reference in references if reference not in known]:
        raise click.UsageError(f"no such case: {', '.join(missing)}")
    yield {known[reference]: reference for reference in references}
