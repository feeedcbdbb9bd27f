"""Keyset pages over two columns: a text to sort by and a number that breaks ties."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from jingkai.kernel.permissions.api import Request
from jingkai.ui.data import Pager


def keyset(
    request: Request, rows: QuerySet[Any], *, fields: tuple[str, str], size: int
) -> tuple[list[Any], Pager | None]:
    """Cut one page out of a list, after or before the place the address names (`after=…`, `before=…`)."""
    text_field, number_field = fields
    back = "before" in request.GET
    place = request.GET.get("before" if back else "after", "")
    text, _, number = place.rpartition(",")
    if number.isascii() and number.isdigit():
        way = "lt" if back else "gt"
        rows = rows.filter(
            Q(**{f"{text_field}__{way}": text})
            | Q(**{text_field: text, f"{number_field}__{way}": int(number)})
        )
    order = [f"-{field}" for field in fields] if back else list(fields)
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size][::-1] if back else found[:size]
    newer = bool(found) and (more if back else bool(place))
    older = bool(found) and (back or more)
    pager = Pager(
        _url(request, "before", found[0], fields) if newer else "",
        _url(request, "after", found[-1], fields) if older else "",
    )
    return found, pager if newer or older else None


def _url(request: Request, way: str, row: Any, fields: tuple[str, str]) -> str:
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    return "?" + urlencode({**kept, way: f"{_value(row, fields[0])},{_value(row, fields[1])}"})


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row
