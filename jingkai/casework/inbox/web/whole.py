"""The list of cases as a whole file, however long: the same rows as on the page, read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import CaseSort, Cursor
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.web.forms import CaseFilter
from jingkai.casework.inbox.web.shown import lists
from jingkai.kernel.exchange.data import ExportSource
from jingkai.kernel.permissions.data import Actor

BATCH = 500


def rows(actor: Actor, query: str, at: datetime) -> Iterator[lists.SheetRow]:
    """Give every case that the person may see and that fits the filters."""
    form = CaseFilter(QueryDict(query))
    sort = CaseSort(form.value("sort") or CaseSort.UPDATED)
    after: Cursor | None = None
    while True:
        lines = queries.get_case_lines(
            actor=actor, at=at, filters=form.as_filters(), sort=sort, after=after, limit=BATCH, whole=True
        )
        yield from lists.case_rows(lines)
        after = lines.next
        if after is None:
            return


def count(actor: Actor, query: str, at: datetime) -> int:
    """Count them, without reading them."""
    filters = CaseFilter(QueryDict(query)).as_filters()
    return cases.count_all_cases(grantees=actor.grantees, at=at, filters=filters)


CASES = ExportSource("inbox.cases", _("Cases"), lists.case_head, rows, count)
