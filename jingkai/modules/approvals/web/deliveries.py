"""The window's pages of delivery: what must be handed over or posted, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Delivery
from jingkai.modules.approvals.rules import delivering
from jingkai.modules.approvals.web import delivery_forms as forms
from jingkai.modules.approvals.web.lists import MOST_ROWS
from jingkai.records.files import api as files
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table, Tone
from jingkai.ui.sheets import spreadsheet

State = Delivery.State
TONES: dict[str, Tone] = {"open": "none", "asked": "warn", "sent": "hold", "returned": "late", "done": "ok"}


def delivery_light(one: Delivery, on: date) -> Light:
    """How a delivery stands: late where nothing reached the applicant in time."""
    if one.delivered_at is None and one.due_on is not None and one.due_on < on:
        return Light("late", _("Not delivered in time"))
    return Light(TONES[one.state], str(delivering.STATES[one.state]))


@requires(rules.DELIVER)
@require_safe
def deliveries(request: Request) -> HttpResponse:
    """All deliveries, newest first or those due first."""
    form = forms.DeliveryFilter(request)
    by_due = form.sort == "due"
    rows, place = queries.page_after(
        _wanted(request, form),
        field="due_on" if by_due else "opened_at",
        ascending=by_due,
        after=form.after,
    )
    on = timezone.localdate(request.at)
    table = Table(
        caption=_("Delivery of results"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Document"), "title"),
            Column(_("Enterprise")),
            Column(_("Way")),
            Column(_("Issued"), "date", "?" + form.query(sort=""), "" if by_due else "descending"),
            Column(_("Deliver by"), "date", "?" + form.query(sort="due"), "ascending" if by_due else ""),
        ],
        rows=[
            Row(
                [
                    delivery_light(one, on),
                    Link(
                        one.document.title,
                        reverse("approvals:delivery", args=[one.uuid]),
                        one.document.number_text,
                    ),
                    local(one.application.enterprise, "name"),
                    str(delivering.WAYS[one.way]),
                    one.opened_at,
                    one.due_on,
                ]
            )
            for one in rows
        ],
    )
    context = {
        "form": form,
        "rows": table,
        "pager": form.pager(place),
        "export_url": f"{reverse('approvals:deliveries_export')}?{form.query()}",
    }
    return render(request, "approvals/deliveries.html", context)


@requires(rules.DELIVER)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form, on = forms.DeliveryFilter(request), timezone.localdate(request.at)
    operations.record_export(page="deliveries", query=form.query(), by=request.actor, at=request.at)
    head = [
        (_("Document"), 30),
        (_("Document number"), 22),
        (_("Enterprise"), 30),
        (_("Receipt number"), 16),
        (_("Way"), 16),
        (_("State"), 20),
        (_("Issued"), 17),
        (_("Deliver by"), 12),
        (_("Delivered"), 17),
        (_("Carrier"), 14),
        (_("Waybill number"), 20),
    ]
    found = _wanted(request, form).order_by("-opened_at", "-pk")[:MOST_ROWS]
    return spreadsheet(
        title=_("Delivery of results"), head=head, rows=(_line(one, on) for one in found), on=on
    )


def _line(one: Delivery, on: date) -> list[Any]:
    case = one.application.case
    return [
        one.document.title,
        one.document.number_text,
        one.document.addressee_name,
        case.reference if case else "",
        str(delivering.WAYS[one.way]),
        delivery_light(one, on).text,
        one.opened_at,
        one.due_on,
        one.delivered_at,
        str(delivering.CARRIERS.get(one.carrier, "")),
        one.waybill,
    ]


def _wanted(request: Request, form: forms.DeliveryFilter) -> Any:
    return queries.filtered_deliveries(
        on=timezone.localdate(request.at),
        text=form.text,
        state=form.value("state"),
        way=form.value("way"),
    )


@requires(rules.DELIVER)
@require_safe
def delivery(request: Request, uuid: UUID) -> HttpResponse:
    """One delivery: where the paper is, and what may be recorded now."""
    found = _delivery(uuid)
    valid = found.document.state == "valid"
    papers_open = found.state != State.DONE or not found.way
    context = {
        "delivery": found,
        "light": delivery_light(found, timezone.localdate(request.at)),
        "facts": delivery_facts(found),
        "receipts": files.list_attachments((operations.DELIVERY_OWNER, found.pk)),
        "may_hand_over": valid and papers_open and found.state != State.SENT,
        "may_post": valid and found.way == Delivery.Way.POST and found.state in (State.ASKED, State.RETURNED),
        "is_sent": found.state == State.SENT,
    }
    return render(request, "approvals/delivery.html", context)


def delivery_facts(one: Delivery) -> list[Fact]:
    """What was recorded of a delivery, in the order in which it happened."""
    case = one.application.case
    found = [
        Fact(_("Enterprise"), local(one.application.enterprise, "name")),
        Fact(_("Receipt number"), case.reference if case else ""),
        Fact(_("Issued"), one.opened_at),
        Fact(_("Deliver by"), one.due_on or "—"),
        Fact(_("Way"), str(delivering.WAYS[one.way])),
        Fact(_("First downloaded"), one.downloaded_at or "—"),
    ]
    if one.way == Delivery.Way.POST:
        found += [
            Fact(_("Recipient"), one.recipient),
            Fact(_("Mobile phone"), one.phone),
            Fact(_("Postal address"), one.address, wide=True),
        ]
    if one.waybill:
        found += [
            Fact(_("Carrier"), str(delivering.CARRIERS.get(one.carrier, one.carrier))),
            Fact(_("Waybill number"), one.waybill),
            Fact(_("Given to the carrier on"), one.sent_on or "—"),
        ]
    if one.return_reason:
        found.append(Fact(_("Why it came back"), one.return_reason, wide=True))
    if one.receiver:
        found += [Fact(_("Received by"), one.receiver), Fact(_("Received on"), one.received_on or "—")]
    if one.identity:
        found += [
            Fact(_("Acts as"), str(delivering.CAPACITIES[one.capacity])),
            Fact(_("Document that was seen"), f"{delivering.IDENTITIES[one.identity]} …{one.identity_tail}"),
        ]
    if one.recorded_by is not None:
        found.append(Fact(_("Recorded by"), local(one.recorded_by, "name")))
    return found


@requires(rules.DELIVER)
@require_safe
def receipt(request: Request, uuid: UUID) -> HttpResponse:
    """The receipt of delivery (送达回证) to be signed, as a paper."""
    content = operations.typeset_receipt(delivery=_delivery(uuid), at=request.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="receipt.pdf"'
    return answer


def _act(
    title: Any, action: Any, form_class: type[Form], act: Callable[[Request, Delivery, Form], str]
) -> Callable[[Request, UUID], HttpResponse]:
    """One act over a delivery: a form, one operation, and back to the delivery."""

    @requires(rules.DELIVER)
    @require_http_methods(["GET", "POST"])
    @submissions.once
    def view(request: Request, uuid: UUID) -> HttpResponse:
        found = _delivery(uuid)
        back = reverse("approvals:delivery", args=[uuid])
        initial = {
            "version": found.version,
            "on": timezone.localdate(request.at),
            "receiver": found.recipient,
        }
        if request.method == "POST":
            form = form_class(request.POST, request.FILES)
        else:
            form = form_class(submissions.held(request) or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                messages.success(request, act(request, found, form))
            except PersonFacingError as error:
                form.add_error(None, f"{error.sentence} {error.advice}".strip())
            else:
                return redirect(back)
        context = {"title": title, "action": action, "form": form, "delivery": found, "back_url": back}
        status = 422 if request.method == "POST" else 200
        return render(request, "approvals/delivery_form.html", context, status=status)

    return view


def _hand_over(request: Request, found: Delivery, form: Form) -> str:
    given = form.cleaned_data
    upload = files.receive_uploaded(given["receipt"], kinds=forms.RECEIPT_KINDS)
    collector = operations.Collector(
        name=given["name"], capacity=given["capacity"], identity=given["identity"], number=given["number"]
    )
    operations.hand_over_result(
        delivery=found,
        collector=collector,
        receipt=upload,
        version=given["version"],
        by=request.actor,
        at=request.at,
    )
    return _("Recorded: the paper was handed over.")


def _post(request: Request, found: Delivery, form: Form) -> str:
    given = form.cleaned_data
    operations.record_posting(
        delivery=found,
        carrier=given["carrier"],
        waybill=given["waybill"],
        on=given["on"],
        version=given["version"],
        by=request.actor,
        at=request.at,
    )
    return _("Recorded: the letter is on its way; the applicant was told the number.")


def _arrive(request: Request, found: Delivery, form: Form) -> str:
    given = form.cleaned_data
    operations.record_arrival(
        delivery=found,
        receiver=given["receiver"],
        on=given["on"],
        version=given["version"],
        by=request.actor,
        at=request.at,
    )
    return _("Recorded: the letter arrived.")


def _came_back(request: Request, found: Delivery, form: Form) -> str:
    given = form.cleaned_data
    operations.record_return(
        delivery=found, reason=given["reason"], version=given["version"], by=request.actor, at=request.at
    )
    return _("Recorded: the letter came back; the applicant was told.")


hand_over = _act(
    gettext_lazy("Hand the paper over"), gettext_lazy("It was handed over"), forms.HandOverForm, _hand_over
)
post = _act(gettext_lazy("Record the posting"), gettext_lazy("Given to the carrier"), forms.PostForm, _post)
arrived = _act(gettext_lazy("Record the arrival"), gettext_lazy("It arrived"), forms.ArrivalForm, _arrive)
came_back = _act(
    gettext_lazy("Record that it came back"), gettext_lazy("It came back"), forms.ReturnForm, _came_back
)


def _delivery(uuid: UUID) -> Delivery:
    return get_object_or_404(queries.deliveries(), uuid=uuid)
