"""The officers' pages of fees: demands, payments, reconciliation, refunds, the list's keeper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import form_page, held, once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.models import FeeDemand, FeeItem, Payment
from jingkai.modules.enterprises.web.fees import forms, lines, shown
from jingkai.modules.enterprises.web.fees.listing import FeeList, Sorting
from jingkai.modules.enterprises.web.fees.own import demand_list
from jingkai.records.files import api as files


@requires(rules.SEE_FEES)
@require_safe
def demands(request: Request) -> HttpResponse:
    """All demands."""
    asked = demand_list(request)
    rows, pager = asked.page(queries.narrowed_demands(queries.demands(), text=asked.text, state=asked.state))
    table = shown.demand_table(
        rows, on=asked.today, heads=asked.heads(), holders=True, url_name="enterprises:demand"
    )
    context = {"list": asked, "table": table, "pager": pager, "may_charge": may(request.actor, rules.CHARGE)}
    return render(request, "enterprises/fees/demands.html", context)


@requires(rules.SEE_FEES)
@require_safe
def export_demands(request: Request) -> HttpResponseBase:
    """The list of demands as a spreadsheet."""
    asked = demand_list(request)
    rows = queries.narrowed_demands(queries.demands(), text=asked.text, state=asked.state)
    return asked.sheet(
        rows,
        title=_("Fee demands"),
        head=shown.demand_head(),
        lines=lambda found: shown.demand_lines(found, on=asked.today),
    )


@requires(rules.CHARGE)
@require_http_methods(["GET", "POST"])
@once
def new_demand(request: Request) -> HttpResponse:
    """Issue a demand under the list."""
    initial = _of_case(request)
    today = timezone.localdate(request.at)
    form = forms.DemandForm(request.POST or held(request) or None, initial=initial, on=today)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        enterprise, case = queries.find_by_code(given["uscc"]), _case(request, given["case"])
        if enterprise is None:
            form.add_error("uscc", _("No enterprise with this code is registered here."))
        elif given["case"] and (case is None or case.applicant_id != enterprise.pk):
            form.add_error("case", _("No matter of this enterprise that you may see has this number."))
        else:
            try:
                row = operations.issue_demand(
                    enterprise=enterprise,
                    code=given["item"].code,
                    quantity=given["quantity"],
                    case=case,
                    handler_id=case.starter_id if case else None,
                    due_on=given["due_on"],
                    by=request.actor,
                    at=request.at,
                )
            except PersonFacingError as error:
                form.add_error(None, f"{error.sentence} {error.advice}".strip())
            else:
                messages.success(request, _("The demand %(number)s was issued.") % {"number": row.number})
                return redirect("enterprises:demand", uuid=row.uuid)
    return form_page(request, form, _("Issue a fee demand"), _("Issue"), reverse("enterprises:demands"))


def _of_case(request: Request) -> dict[str, Any]:
    """Matter and enterprise of the case page from which the form was opened."""
    number = request.GET.get("of", "")
    found = Case.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if found is None or not cases.may_see(found.pk, grantees=request.actor.grantees):
        return {"quantity": 1}
    holder = queries.list_of([found.applicant_id] if found.applicant_id else [])
    return {"case": found.reference, "uscc": holder[0].uscc if holder else "", "quantity": 1}


def _case(request: Request, reference: str) -> Case | None:
    found = Case.objects.filter(reference=reference.strip()).first() if reference.strip() else None
    if found is None or not cases.may_see(found.pk, grantees=request.actor.grantees):
        return None
    return found


@requires(rules.SEE_FEES)
@require_safe
def demand(request: Request, uuid: UUID) -> HttpResponse:
    """One demand with its shares of payments."""
    row = get_object_or_404(queries.demands(), uuid=uuid)
    context = {
        "demand": row,
        "facts": shown.demand_facts(row, on=timezone.localdate(request.at)),
        "shares": row.shares.select_related("payment").order_by("pk"),
        "may_charge": may(request.actor, rules.CHARGE) and row.state != FeeDemand.State.CANCELLED,
        "may_settle": may(request.actor, rules.SETTLE) and row.state == FeeDemand.State.OPEN,
    }
    return render(request, "enterprises/fees/demand.html", context)


@requires(rules.CHARGE)
@require_http_methods(["GET", "POST"])
@once
def cancel(request: Request, uuid: UUID) -> HttpResponse:
    """Call a demand off."""
    row = get_object_or_404(queries.demands(), uuid=uuid)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.cancel_demand(
            demand=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("The demand was called off."))
        return redirect("enterprises:demand", uuid=uuid)
    title = _("Call off the demand %(number)s") % {"number": row.number}
    text = _("What was paid for it becomes credit of the payment and can be refunded.")
    back = reverse("enterprises:demand", args=[uuid])
    return form_page(request, form, title, _("Yes, call off"), back, text=text, danger=True)


@requires(rules.SETTLE)
@require_http_methods(["GET", "POST"])
@once
def pay(request: Request, uuid: UUID) -> HttpResponse:
    """Enter a payment whose money was seen."""
    row = get_object_or_404(queries.demands(), uuid=uuid)
    initial = {"amount": row.amount - row.paid, "paid_on": timezone.localdate(request.at)}
    form = forms.PaymentForm(request.POST or held(request) or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        slip = form.cleaned_data["slip"]
        try:
            payment = operations.record_payment(
                enterprise=row.enterprise,
                demand=row,
                draft=form.draft(),
                upload=files.receive_uploaded(slip) if slip else None,
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("The payment was recorded."))
            return redirect("enterprises:payment", uuid=payment.uuid)
    title = _("Record a payment for %(number)s") % {"number": row.number}
    return form_page(request, form, title, _("Record"), reverse("enterprises:demand", args=[uuid]))


def _payment_list(request: Request) -> FeeList:
    sorts = {
        "recorded_at": Sorting(_("Recorded"), "date", descending=True),
        "paid_on": Sorting(_("Paid on"), "date", descending=True),
        "amount": Sorting(_("Amount (yuan)"), "number", descending=True),
    }
    states = [*Payment.State.choices, ("credit", _("With credit"))]
    return FeeList(request, sorts=sorts, states=states)


@requires(rules.SEE_FEES)
@require_safe
def payments(request: Request) -> HttpResponse:
    """All payments, for the reconciliation with the bank."""
    asked = _payment_list(request)
    rows, pager = asked.page(queries.narrowed_payments(text=asked.text, state=asked.state))
    context = {
        "list": asked,
        "table": shown.payment_table(rows, heads=asked.heads()),
        "pager": pager,
        "sums": queries.payment_sums(text=asked.text, state=asked.state),
    }
    return render(request, "enterprises/fees/payments.html", context)


@requires(rules.SEE_FEES)
@require_safe
def export_payments(request: Request) -> HttpResponseBase:
    """The reconciliation list as a spreadsheet."""
    asked = _payment_list(request)
    rows = queries.narrowed_payments(text=asked.text, state=asked.state).prefetch_related("shares")
    return asked.sheet(
        rows, title=_("Reconciliation of payments"), head=shown.payment_head(), lines=shown.payment_lines
    )


@requires(rules.SEE_FEES)
@require_safe
def payment(request: Request, uuid: UUID) -> HttpResponse:
    """One payment: its slip, what it was shared out to, what was given back."""
    row = get_object_or_404(queries.payments(), uuid=uuid)
    slip = files.line_of(row.slip) if row.slip else None
    context = {
        "payment": row,
        "facts": shown.payment_facts(row),
        "slip": slip,
        "shares": row.shares.select_related("demand__item").order_by("pk"),
        "refunds": row.refunds.select_related("recorded_by").order_by("pk"),
        "may_confirm": may(request.actor, rules.SETTLE) and row.state == Payment.State.REPORTED,
        "may_refund": may(request.actor, rules.SETTLE) and row.credit > 0,
    }
    return render(request, "enterprises/fees/payment.html", context)


@requires(rules.SETTLE)
@require_POST
@once
def confirm(request: Request, uuid: UUID) -> HttpResponse:
    """Confirm that the money was seen."""
    row = get_object_or_404(queries.payments(), uuid=uuid)
    operations.confirm_payment(payment=row, by=request.actor, at=request.at)
    messages.success(request, _("The payment was confirmed."))
    return redirect("enterprises:payment", uuid=uuid)


@requires(rules.SETTLE)
@require_http_methods(["GET", "POST"])
@once
def refuse(request: Request, uuid: UUID) -> HttpResponse:
    """Say that the money was not found."""
    row = get_object_or_404(queries.payments(), uuid=uuid)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.refuse_payment(
            payment=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        return redirect("enterprises:payment", uuid=uuid)
    back = reverse("enterprises:payment", args=[uuid])
    return form_page(request, form, _("The money was not found"), _("Not found"), back, danger=True)


@requires(rules.SETTLE)
@require_http_methods(["GET", "POST"])
@once
def refund(request: Request, uuid: UUID) -> HttpResponse:
    """Record that credit was given back."""
    row = get_object_or_404(queries.payments(), uuid=uuid)
    initial = {"amount": row.credit, "refunded_on": timezone.localdate(request.at)}
    form = forms.RefundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.refund(
                payment=row,
                amount=given["amount"],
                reason=given["reason"],
                voucher=given["voucher"],
                on=given["refunded_on"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("The refund was recorded."))
            return redirect("enterprises:payment", uuid=uuid)
    back = reverse("enterprises:payment", args=[uuid])
    return form_page(request, form, _("Record a refund"), _("Record"), back)


@requires(rules.MANAGE_FEES)
@require_safe
def items(request: Request) -> HttpResponse:
    """The fee list for its keeper, past and future lines too."""
    text = request.GET.get("q", "").strip()[:80]
    context = {"rows": shown.fee_lines(queries.fee_items(text=text)), "text": text}
    return render(request, "enterprises/fees/items.html", context)


@requires(rules.MANAGE_FEES)
@require_http_methods(["GET", "POST"])
@once
def edit_item(request: Request, uuid: UUID | None = None) -> HttpResponse:
    """Write a line of the fee list, new or changed."""
    item = get_object_or_404(FeeItem, uuid=uuid) if uuid else FeeItem()
    form = lines.FeeItemForm(request.POST or held(request) or None, instance=item)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            operations.save_fee_item(
                item=form.line(), version=version if uuid else None, by=request.actor, at=request.at
            )
        except (PersonFacingError, ChangedMeanwhile) as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect("enterprises:fee_items")
    title = _("Line of the fee list")
    return form_page(request, form, title, _("Save"), reverse("enterprises:fee_items"))
