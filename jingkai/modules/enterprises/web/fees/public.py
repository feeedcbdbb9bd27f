"""The public fee list: what may be charged, readable without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, public
from jingkai.modules.enterprises import queries
from jingkai.modules.enterprises.models import FeeItem
from jingkai.modules.enterprises.web.fees import shown
from jingkai.ui.sheets import spreadsheet


def _wanted(request: HttpRequest) -> tuple[str, str]:
    nature = request.GET.get("nature", "")
    known = nature if nature in FeeItem.Nature.values else ""
    return request.GET.get("q", "").strip()[:80], known


@public
@require_safe
def listing(request: Request) -> HttpResponse:
    """The fee list in force today."""
    text, nature = _wanted(request)
    rows = queries.fee_items(text=text, nature=nature, on=timezone.localdate(request.at))
    context = {
        "rows": shown.fee_lines(rows),
        "text": text,
        "nature": nature,
        "natures": FeeItem.Nature.choices,
        "query": request.GET.urlencode(),
    }
    return render(request, "enterprises/fees/public.html", context)


@public
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The fee list as a spreadsheet."""
    text, nature = _wanted(request)
    today = timezone.localdate(request.at)
    rows = queries.fee_items(text=text, nature=nature, on=today)
    head = [
        (_("Fee"), 32),
        (_("Nature"), 24),
        (_("Charging organ"), 28),
        (_("Standard"), 40),
        (_("Legal basis"), 60),
        (_("Valid from"), 12),
        (_("Valid until"), 12),
    ]
    lines = (
        [
            local(row, "name"),
            row.get_nature_display(),
            local(row, "organ"),
            queries.standard_words(row),
            local(row, "basis"),
            row.valid_from,
            row.valid_to,
        ]
        for row in rows
    )
    return spreadsheet(title=_("Fee list"), head=head, rows=lines, on=today)
