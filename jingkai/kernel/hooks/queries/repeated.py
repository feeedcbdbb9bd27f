"""JSON that thousands of rows hold alike, such as a limit that their clocks pinned: read once a text."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db.models import Expression, JSONField
from django.db.models.fields.json import KeyTransform

MOST = 2048
"""How many texts a process remembers."""
_READ: dict[str, Any] = {}


class Shared(dict[str, Any]):
    """What was read for many rows; to change it, take a copy (`dict(value)`) and set that."""

    def _refuse(self, *_given: Any, **_named: Any) -> NoReturn:
        raise TypeError("read for many rows: change a copy and set that")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        """Become a common dictionary when it is copied deeply or sent elsewhere."""
        return dict, (dict(self),)


class RepeatedJSONField(JSONField):
    """A JSON column of objects of which many rows hold the same; what it gives is one `Shared` for all."""

    def from_db_value(self, value: Any, expression: Expression, connection: Any) -> Any:
        """Read a text once; a part of a value (`column__key`) is read as Django reads it."""
        if not isinstance(value, str) or isinstance(expression, KeyTransform):
            return super().from_db_value(value, expression, connection)
        found = _READ.get(value)
        if found is None:
            found = super().from_db_value(value, expression, connection)
            if not isinstance(found, dict):
                return found
            if len(_READ) >= MOST:
                _READ.clear()
            found = _READ[value] = Shared(found)
        return found

    def deconstruct(self) -> Any:
        """For migrations it is a common JSON column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
