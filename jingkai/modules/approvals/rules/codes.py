"""The three codes of an item (GB/T 39554 family): basic 12, implementing 31, handling 33 characters.

The implementing code is the unit's unified social credit code (18), the level (1) and the basic code (12);
the handling code is the implementing code and two digits. What is checked: lengths, characters, the credit
code's own check character, and that each code holds the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

BASIC, IMPLEMENTING, HANDLING = 12, 31, 33
_BASIC = re.compile(r"[0-9A-Z]{12}")
_LEVEL = re.compile(r"[1-5]")


def code_faults(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is wrong with the codes of an item: the field and a sentence. Codes may be left out."""
    basic = str(content.get("basic_code") or "")
    implementing = str(content.get("implementing_code") or "")
    handling = str(content.get("handling_code") or "")
    if basic and not _BASIC.fullmatch(basic):
        yield "basic_code", _("The basic code has 12 digits or capital letters.")
    if implementing:
        yield from _implementing_faults(implementing, basic, str(content.get("level") or ""))
    if handling:
        yield from _handling_faults(handling, implementing)


def _implementing_faults(code: str, basic: str, level: str) -> Iterator[tuple[str, Any]]:
    name = "implementing_code"
    if len(code) != IMPLEMENTING:
        yield name, _("The implementing code has 31 characters, this one %(n)s.") % {"n": len(code)}
        return
    if not uscc.is_valid(code[:18]):
        yield name, _("Its first 18 characters are not a valid unified social credit code.")
    if not _LEVEL.fullmatch(code[18]) or (level and code[18] != level):
        yield name, _("Its 19th character is the level, 1 to 5, as the item states it.")
    if not basic:
        yield name, _("An implementing code needs the basic code.")
    elif code[19:] != basic:
        yield name, _("Its last 12 characters are not the basic code.")


def _handling_faults(code: str, implementing: str) -> Iterator[tuple[str, Any]]:
    if len(code) != HANDLING or not code[31:].isdigit():
        yield "handling_code", _("The handling code has 33 characters, the last two are digits.")
    elif code[:31] != implementing:
        yield "handling_code", _("The handling code begins with the implementing code.")
