"""`jingkai uscc CODE…`: check credit codes. Exit code 0: all are right; 1: one is wrong; 2: wrong usage."""

import json
import sys

import click

from jingkai.modules.enterprises.data import CodeFault, CodeFaultKind, check_code

REASONS = {
    CodeFaultKind.LENGTH: "a code has {expected} characters, this one has {found}",
    CodeFaultKind.ALPHABET: "{found} at position {position} is not in the alphabet",
    CodeFaultKind.DIVISION: "{found} at position {position} should be a digit",
    CodeFaultKind.CHECK: "check character should be {expected}",
    CodeFaultKind.BODY_CHECK: "check character of the organisation code at position 17 should be {expected}",
}


def reason(fault: CodeFault) -> str:
    """Say in English what is wrong with a code."""
    return REASONS[fault.kind].format(position=fault.position, found=fault.found, expected=fault.expected)


@click.command(name="uscc")
@click.argument("codes", nargs=-1, required=True, metavar="CODE…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def uscc(codes: tuple[str, ...], as_json: bool) -> None:
    """Check unified social credit codes (GB 32100-2015): `CODE valid` or `CODE invalid: reason` for each.

    Works without a database. Exit code 0 when all are valid, 1 when one is not, 2 on wrong usage.
    """
    faults = [(code, check_code(code)) for code in codes]
    if as_json:
        rows = [
            {"code": code, "valid": fault is None, "reason": reason(fault) if fault else ""}
            for code, fault in faults
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for code, fault in faults:
            click.echo(f"{code} invalid: {reason(fault)}" if fault else f"{code} valid")
    sys.exit(1 if any(fault for _, fault in faults) else 0)
