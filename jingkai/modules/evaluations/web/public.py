"""The public figures of ratings: counted by unit, item and month; comments that were cleared."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.data import mask_name
from jingkai.kernel.permissions.api import Request, public
from jingkai.modules.evaluations import queries
from jingkai.modules.evaluations.data import Dimension
from jingkai.modules.evaluations.models import Evaluation
from jingkai.modules.evaluations.web import shown
from jingkai.modules.evaluations.web.forms import PeriodForm
from jingkai.ui.sheets import spreadsheet


@public
@require_safe
def figures(request: Request) -> HttpResponse:
    """Satisfaction, bad ratings, what was put right and asked again, for everybody."""
    form = PeriodForm(request, today=timezone.localdate(request.at))
    rows = queries.figures_by(form.dimension, since=form.since_month, until=form.until_month)
    first = _first(form.dimension)
    context = {
        "form": form,
        "since": f"{form.since_month:%Y-%m}",
        "until": f"{form.until_month:%Y-%m}",
        "stats": shown.figure_stats(queries.summed(rows)),
        "table": shown.figure_table(first, rows) if rows else None,
        "chart": shown.figure_chart(first, rows, by_month=form.dimension is Dimension.MONTH),
        "comments": [_comment(one) for one in queries.newest_comments()],
    }
    return render(request, "evaluations/figures.html", context)


@public
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The same figures as a spreadsheet."""
    today = timezone.localdate(request.at)
    form = PeriodForm(request, today=today)
    rows = queries.figures_by(form.dimension, since=form.since_month, until=form.until_month)
    return spreadsheet(
        title=_("Figures of ratings"),
        head=shown.figure_head(_first(form.dimension)),
        rows=shown.figure_lines(rows),
        on=today,
    )


def _first(dimension: Dimension) -> str:
    return {Dimension.UNIT: _("Unit"), Dimension.ITEM: _("Item"), Dimension.MONTH: _("Month")}[dimension]


def _comment(one: Evaluation) -> dict[str, object]:
    who = mask_name(one.enterprise.name) if one.enterprise and not one.anonymous else _("Without a name")
    return {
        "light": shown.level_light(one.level),
        "text": one.published,
        "who": who,
        "item": local(one, "item_name"),
        "unit": local(one.unit, "name"),
        "at": one.rated_at,
    }
