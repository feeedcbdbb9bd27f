"""Who a user task goes to, as `jk:pool` writes it.

`unit-code` or `unit:unit-code` · `role:role-code` · `role:role-code@unit-code` · `applicant` · `starter` ·
`head:starter` (the head of the starter's unit; for a head the one above) · `same:node-id` (whoever did that
node last) · `party:id` · `${variable}` that holds one of these.
"""

import re

from jingkai.casework.flow.data import Performer, PerformerKind

_CODE = re.compile(r"[\w][\w.\-]*\Z")
_VARIABLE = re.compile(r"\$\{\s*(\w+)\s*\}\Z")


def parse_performer(text: str) -> Performer | None:
    """Read one performer; nothing when the text is none. An empty text means the starter."""
    text = text.strip()
    if not text:
        return Performer(PerformerKind.STARTER)
    if text in (PerformerKind.APPLICANT, PerformerKind.STARTER):
        return Performer(PerformerKind(text))
    variable = _VARIABLE.match(text)
    if variable:
        return Performer(PerformerKind.VARIABLE, variable[1])
    kind, colon, value = text.partition(":")
    if not colon:
        kind, value = PerformerKind.UNIT, text
    return _prefixed(kind, value.strip())


def _prefixed(kind: str, value: str) -> Performer | None:
    code, at, unit = value.partition("@")
    if not _CODE.match(code) or (at and (kind != PerformerKind.ROLE or not _CODE.match(unit))):
        return None
    match kind:
        case PerformerKind.UNIT | PerformerKind.SAME:
            return Performer(PerformerKind(kind), code)
        case PerformerKind.ROLE:
            return Performer(PerformerKind.ROLE, code, unit)
        case PerformerKind.HEAD if code == PerformerKind.STARTER:
            return Performer(PerformerKind.HEAD, code)
        case PerformerKind.PARTY if code.isdecimal():
            return Performer(PerformerKind.PARTY, code)
    return None
