"""How a drawing names its forms: `form:request` while it is drawn, `form:leave.request@3` once published.

The published drawing names the version, so a case pins its forms by pinning its drawing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jingkai.casework.forms.data import FormRef

LOCAL = re.compile(r"form:([a-z][a-z0-9_\-]{0,39})\Z")
_PUBLISHED = re.compile(r"form:([a-z][a-z0-9\-]{0,79}\.[a-z][a-z0-9_\-]{0,39})@([1-9]\d{0,8})\Z")
_IN_DRAWING = re.compile(
    r"""(:form=)(["'])form:(?:[a-z][a-z0-9\-]{0,79}\.)?([a-z][a-z0-9_\-]{0,39})(?:@\d+)?\2"""
)


def parse_reference(text: str) -> FormRef | None:
    """Read the reference of a published drawing; nothing when it names no form of this app."""
    found = _PUBLISHED.match(text)
    return FormRef(found[1], int(found[2])) if found else None


def local_name(text: str) -> str:
    """Give the form's name within its flow, from either way of writing; empty when it names none."""
    found = LOCAL.match(text)
    if found:
        return found[1]
    reference = parse_reference(text)
    return reference.key.partition(".")[2] if reference else ""


def pin_forms(bpmn: str, *, flow_key: str, versions: Mapping[str, int]) -> str:
    """Write the published versions into a drawing; a form without one stays as it is."""

    def pinned(found: re.Match[str]) -> str:
        name = found[3]
        if name not in versions:
            return found[0]
        return f"{found[1]}{found[2]}form:{flow_key}.{name}@{versions[name]}{found[2]}"

    return _IN_DRAWING.sub(pinned, bpmn)


def unpin_forms(bpmn: str) -> str:
    """Take the versions out again, for drawing on."""
    return _IN_DRAWING.sub(lambda found: f"{found[1]}{found[2]}form:{found[3]}{found[2]}", bpmn)
