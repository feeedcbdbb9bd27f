"""An enterprise's own fees: what is open, one statement for all, reporting a payment."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, held, once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.models import FeeDemand, FeeStatement, Payment
from jingkai.modules.enterprises.web.fees import shown
from jingkai.modules.enterprises.web.fees.forms import SlipForm
from jingkai.modules.enterprises.web.fees.listing import FeeList, Sorting
from jingkai.records.files import api as files


def demand_list(request: Request) -> FeeList:
    """The list of demands as the address asks for it."""
    sorts = {
        "issued_at": Sorting(_("Issued"), "date", descending=True),
        "due_on": Sorting(_("To be paid by"), "date"),
        "amount": Sorting(_("Amount (yuan)"), "number", descending=True),
    }
    return FeeList(request, sorts=sorts, states=FeeDemand.State.choices)


@requires(rules.PAY_OWN)
@require_safe
def listing(request: Request) -> HttpResponse:
    """All demands to the person's enterprises, with what is owed in all."""
    asked, holder = demand_list(request), queries.chosen(request)
    mine = queries.demands_of(request.actor)
    found = queries.narrowed_demands(mine, text=asked.text, state=asked.state)
    rows, pager = asked.page(found)
    several = len(request.actor.enterprise_ids) > 1
    table = shown.demand_table(
        rows, on=asked.today, heads=asked.heads(), holders=several, url_name="enterprises:own_demand"
    )
    context = {
        "list": asked,
        "table": table,
        "pager": pager,
        "enterprise": holder,
        "balance": queries.balance_of(holder.pk),
        "may_pay": queries.may_act(request.actor, holder.pk, "pay"),
    }
    return render(request, "enterprises/fees/own.html", context)


@requires(rules.PAY_OWN)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The list of own demands as a spreadsheet."""
    asked = demand_list(request)
    rows = queries.narrowed_demands(queries.demands_of(request.actor), text=asked.text, state=asked.state)
    return asked.sheet(
        rows,
        title=_("Fee demands"),
        head=shown.demand_head(),
        lines=lambda found: shown.demand_lines(found, on=asked.today),
    )


@requires(rules.PAY_OWN)
@require_safe
def demand(request: Request, uuid: UUID) -> HttpResponse:
    """One demand with how it was computed."""
    row = queries.get_demand(uuid, queries.demands_of(request.actor))
    if row is None:
        raise Http404
    context = {"demand": row, "facts": shown.demand_facts(row, on=timezone.localdate(request.at))}
    return render(request, "enterprises/fees/own_demand.html", context)


@requires(rules.PAY_OWN)
@require_POST
@once
def draw(request: Request) -> HttpResponse:
    """Draw one statement for everything that is open."""
    holder = queries.chosen(request)
    statement = operations.draw_statement(enterprise=holder, by=request.actor, at=request.at)
    return redirect("enterprises:statement", uuid=statement.uuid)


@requires(rules.PAY_OWN)
@require_safe
def statement(request: Request, uuid: UUID) -> HttpResponse:
    """One statement: its demands, its sum, the payments that were reported for it."""
    row = _statement(request, uuid)
    context = {
        "statement": row,
        "demands": row.demands.select_related("item", "case").order_by("due_on", "pk"),
        "payments": [(one, shown.payment_light(one)) for one in row.payments.order_by("pk")],
        "may_pay": queries.may_act(request.actor, row.enterprise_id, "pay"),
    }
    return render(request, "enterprises/fees/statement.html", context)


@requires(rules.PAY_OWN)
@require_http_methods(["GET", "POST"])
@once
def report(request: Request, uuid: UUID) -> HttpResponse:
    """Report a payment with its slip."""
    row = _statement(request, uuid)
    initial = {
        "amount": row.total,
        "paid_on": timezone.localdate(request.at),
        "channel": Payment.Channel.TRANSFER,
    }
    form = SlipForm(request.POST or held(request) or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            upload = files.receive_uploaded(form.cleaned_data["slip"])
            operations.report_payment(
                statement=row, draft=form.draft(), upload=upload, by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Thank you. It counts as soon as an officer has seen the money."))
            return redirect("enterprises:statement", uuid=uuid)
    title = _("Report a payment for %(number)s") % {"number": row.number}
    back = f"/my/fees/statements/{row.uuid}/"
    return form_page(request, form, title, _("Report the payment"), back, base="ui/public.html")


def _statement(request: Request, uuid: UUID) -> FeeStatement:
    rows = FeeStatement.objects.select_related("enterprise__party", "drawn_by")
    own = rows.filter(enterprise_id__in=request.actor.enterprise_ids)
    whole = own.exclude(enterprise_id__in=queries.limited_to_own(request.actor))
    return get_object_or_404(whole, uuid=uuid)
