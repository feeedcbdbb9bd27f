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
    from jingkai.casework.cases.queries import differences

    examined, found = 0, {}
    for case_id, reference in _wanted(references):
        examined += 1
        if lines := differences(case_id):
            found[reference] = lines
            if not as_json:
                click.echo("\n".join(f"{reference}: {line}" for line in lines))
    if as_json:
        click.echo(json.dumps({"examined": examined, "differences": found}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{examined} cases examined, {len(found)} differ", err=True)
    sys.exit(1 if found else 0)


def _wanted(references: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Give the cases asked for, or all of them in the order of their numbers, never all at once."""
    from jingkai.casework.cases.models import Case

    rows = Case.objects.order_by("pk").values_list("pk", "reference")
    if not references:
        yield from rows.iterator(chunk_size=500)
        return
    known = {reference: pk for pk, reference in rows.filter(reference__in=references)}
    if missing := [reference for reference in references if reference not in known]:
        raise click.UsageError(f"no such case: {', '.join(missing)}")
    yield from ((known[reference], reference) for reference in dict.fromkeys(references))
