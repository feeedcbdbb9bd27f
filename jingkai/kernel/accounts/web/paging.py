"""Pages of a long list, as links."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from jingkai.kernel.parties.api import keyset_page
from jingkai.kernel.permissions.api import Request
from jingkai.ui.data import Pager


def keyset(
    request: Request, rows: QuerySet[Any], *, fields: tuple[str, str], size: int
) -> tuple[list[Any], Pager | None]:
    """Cut out the page that the address names (`after=…`, `before=…`), with links to its neighbours."""
    back = "before" in request.GET
    place = request.GET.get("before" if back else "after", "")
    page = keyset_page(rows, fields=fields, place=place, back=back, size=size)
    if not page.before and not page.after:
        return page.rows, None
    return page.rows, Pager(_url(request, "before", page.before), _url(request, "after", page.after))


def _url(request: Request, way: str, place: str) -> str:
    if not place:
        return ""
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    return "?" + urlencode({**kept, way: place})
