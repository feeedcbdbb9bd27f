"""What a series of numbers looks like: a rule with a pattern, versioned like every rule."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Permission
from jingkai.kernel.rules.data import RuleField, RuleKind

SERIES = "numbering.series"
SEE = "numbering.see_ledger"
OFFICIAL = re.compile(r"[\u4e00-\u9fff]+〔(19|20)\d{2}〕[1-9]\d*号")
"""A document number after GB/T 9704: the word, the year in 〔〕, the running number without zeros."""

PERMISSIONS = (Permission(SEE, "查看文号台账", "See the ledger of document numbers", "numbering"),)


class SeriesUnknown(PersonFacingError):
    """No rule says what numbers of this series look like."""

    sentence = _("There is no numbering rule “%(series)s” for %(day)s.")
    advice = _("The system administrator adds it under “Rules”, kind “Document numbers”.")


def render_pattern(pattern: str, *, year: int, sequence: int) -> str:
    """Write a number: `示开受〔{year}〕{n}号` or, padded for receipts, `SL{year}{n:06}`."""
    return pattern.format(year=year, n=sequence)


def pattern_faults(value: Mapping[str, Any]) -> Iterable[Any]:
    """Say what is wrong with a pattern: it needs {n}, and {year} where it starts again each year."""
    pattern = str(value.get("pattern", ""))
    try:
        fields = {name: spec for _text, name, spec, _conversion in string.Formatter().parse(pattern) if name}
    except ValueError:
        yield _("The pattern has unmatched braces.")
        return
    if set(fields) - {"year", "n"}:
        yield _("Only {year} and {n} may stand in braces.")
    if "n" not in fields:
        yield _("The pattern needs {n}, the running number.")
    if value.get("reset") == "year" and "year" not in fields:
        yield _("A series that starts again each year needs {year}, or numbers would repeat.")
    if not all(re.fullmatch(r"(0\d{1,2})?", spec or "") for spec in fields.values()):
        yield _("Only a width such as {n:06} may follow a colon.")


SERIES_KIND = RuleKind(
    code=SERIES,
    name="文号",
    name_en="Document numbers",
    fields=(
        RuleField(
            name="pattern",
            label=_("Pattern of the number"),
            help=_("{year} is the year, {n} the running number, {n:06} the same with zeros before it."),
        ),
        RuleField(
            name="reset",
            label=_("Starts again"),
            type="choice",
            options=(("year", _("each year")), ("never", _("never"))),
        ),
    ),
    validate=pattern_faults,
    example={"pattern": "示开受〔{year}〕{n}号", "reset": "year"},
    note=_("A number once given is never given again, whatever the pattern becomes."),
)
