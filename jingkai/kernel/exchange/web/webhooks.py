"""Webhooks for the system administrator: who is told of what, and the journal of tellings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.models import Webhook, WebhookDelivery
from jingkai.kernel.exchange.operations import webhooks as operations
from jingkai.kernel.exchange.queries.paging import page_of
from jingkai.kernel.exchange.queries.webhooks import filtered_deliveries, filtered_webhooks
from jingkai.kernel.exchange.rules.troubles import problem_words
from jingkai.kernel.exchange.web.lists import ListForm, SheetColumn, sheet, table
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import decrypt, encrypt
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Fact, Light, Link, Row

SHOWN = "exchange_webhook"
State = WebhookDelivery.State
TONES = {
    State.WAITING: "none",
    State.SENDING: "hold",
    State.SENT: "ok",
    State.FAILED: "warn",
    State.GIVEN_UP: "late",
}


def event_choices() -> list[tuple[str, str]]:
    """The events that may be told, in words."""
    return [(event.code, f"{local(event, 'name')} ({event.code})") for event in rules.public_events.all()]


def event_name(code: str) -> str:
    """An event in words; its code where nothing declares it any more."""
    found = rules.public_events.get(code)
    return local(found, "name") if found else code


def event_names(codes: Iterable[str]) -> str:
    """Events in words, one after the other."""
    return _(", ").join(event_name(code) for code in codes)


class WebhookFilter(ListForm):
    """The filter over webhooks."""

    since = until = None  # type: ignore[assignment]
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    event = forms.ChoiceField(label=gettext_lazy("Kind of event"), required=False)
    sorts = ("-created_at", "created_at", "name", "-name")

    def offer(self) -> None:
        """States and events."""
        words = (("on", _("switched on")), ("failing", _("failing")), ("off", _("switched off")))
        self.choose("state", words)
        self.choose("event", event_choices())


class DeliveryFilter(ListForm):
    """The filter over tellings."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    event = forms.ChoiceField(label=gettext_lazy("Kind of event"), required=False)
    webhook = forms.ChoiceField(label=gettext_lazy("Webhook"), required=False)

    sorts = ("-created_at", "created_at", "-tries")

    def offer(self) -> None:
        """States, events, webhooks."""
        self.choose("state", State.choices)
        self.choose("event", event_choices())
        names = Webhook.objects.order_by("name").values_list("pk", "name")[:200]
        self.choose("webhook", [(str(number), name) for number, name in names])


class WebhookForm(forms.Form):
    """A webhook."""

    name = forms.CharField(label=gettext_lazy("Name of the system"), max_length=120)
    url = forms.CharField(
        label=gettext_lazy("Address to call"),
        max_length=500,
        help_text=gettext_lazy("Its host and port stand on the allow-list for webhooks (System › Rules)."),
    )
    events = forms.MultipleChoiceField(label=gettext_lazy("Events"), widget=forms.CheckboxSelectMultiple)
    algorithm = forms.ChoiceField(label=gettext_lazy("Signature"), choices=Webhook.Algorithm.choices)
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = event_choices()  # type: ignore[attr-defined]

    def draft(self) -> operations.WebhookDraft:
        """Give what was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return operations.WebhookDraft(**given)


def light(webhook: Webhook) -> Light:
    """Draw how a webhook does."""
    if not webhook.active:
        return Light("late" if webhook.disabled_at else "none", _("switched off"))
    return Light("warn", _("failing")) if webhook.failing_since else Light("ok", _("switched on"))


def delivery_light(row: WebhookDelivery) -> Light:
    """Draw where a telling stands."""
    return Light(TONES[State(row.state)], str(row.get_state_display()))  # type: ignore[arg-type]


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def webhooks(request: Request) -> HttpResponse:
    """List the webhooks."""
    form = WebhookFilter(request)
    page = page_of(_wanted(form), field=form.field, ascending=form.ascending, after=form.after)
    columns = [
        Column(_("State"), "light"),
        form.head(_("Name of the system"), "name", "title"),
        Column(_("Events")),
        Column(_("Signature")),
        form.head(_("Made at"), "created_at", "date"),
    ]
    rows = [
        Row(
            [
                light(one),
                Link(one.name, reverse("exchange:webhook", args=[one.uuid]), one.url),
                event_names(one.events),
                str(one.get_algorithm_display()),
                one.created_at,
            ]
        )
        for one in page.rows
    ]
    context = {
        "form": form,
        "table": table(_("Webhooks"), columns, rows),
        "pager": form.pager(page),
        "export_url": f"{reverse('exchange:webhooks_export')}?{form.query()}",
    }
    return render(request, "exchange/webhooks.html", context)


def _wanted(form: WebhookFilter) -> QuerySet[Webhook]:
    return filtered_webhooks(text=form.value("q"), state=form.value("state"), event=form.value("event"))


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def export_webhooks(request: Request) -> HttpResponseBase:
    """Give the webhooks, as they are narrowed, as a spreadsheet."""
    form = WebhookFilter(request)
    columns = [
        SheetColumn(_("Name of the system"), 30, lambda one: one.name),
        SheetColumn(_("Address to call"), 60, lambda one: one.url),
        SheetColumn(_("Events"), 50, lambda one: event_names(one.events)),
        SheetColumn(_("State"), 10, lambda one: light(one).text),
        SheetColumn(_("Made at"), 18, lambda one: one.created_at),
    ]
    wanted = _wanted(form)
    return sheet(request, page="webhooks", title=_("Webhooks"), form=form, rows=wanted, columns=columns)


@requires(rules.MANAGE_WEBHOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_webhook(request: Request) -> HttpResponse:
    """Add a webhook; its secret is shown on the next page, once."""
    form = WebhookForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.add_webhook(draft=form.draft(), by=request.actor, at=request.at)
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            _keep(request, made)
            return redirect("exchange:webhook", uuid=made.uuid)
    return _form_page(request, form, _("New webhook"), reverse("exchange:webhooks"))


@requires(rules.MANAGE_WEBHOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit_webhook(request: Request, uuid: UUID) -> HttpResponse:
    """Change a webhook, or switch it on again."""
    row = get_object_or_404(Webhook, uuid=uuid)
    names = ("name", "url", "events", "algorithm", "active", "version")
    initial = {name: getattr(row, name) for name in names}
    form = WebhookForm(request.POST or held(request) or None, initial=initial)
    back = reverse("exchange:webhook", args=[uuid])
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_webhook(
                webhook=row,
                draft=form.draft(),
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return _form_page(request, form, _("Change %(name)s") % {"name": row.name}, back)


def _form_page(request: Request, form: WebhookForm, title: str, back: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": _("Save"),
        "back_label": _("Webhooks"),
        "back_url": back,
    }
    return render(request, "exchange/form.html", context, status=422 if form.errors else 200)


def _keep(request: Request, webhook: Webhook) -> None:
    request.session[SHOWN] = [str(webhook.uuid), encrypt(webhook.secret, context=SHOWN)]


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def webhook(request: Request, uuid: UUID) -> HttpResponse:
    """Show one webhook and its last tellings; just after it was made, its secret."""
    row = get_object_or_404(Webhook.objects.select_related("created_by"), uuid=uuid)
    shown, secret = request.session.get(SHOWN), ""
    if shown and shown[0] == str(uuid) and request.method == "GET":
        secret = decrypt(shown[1], context=SHOWN)
        del request.session[SHOWN]
    facts = [
        Fact(_("State"), light(row)),
        Fact(_("Signature"), str(row.get_algorithm_display())),
        Fact(_("Made at"), row.created_at),
        Fact(_("Made by"), row.created_by.name if row.created_by else ""),
        Fact(_("Failing since"), row.failing_since),
        Fact(_("Switched off at"), row.disabled_at),
        Fact(_("Address to call"), row.url, wide=True),
        Fact(_("Events"), event_names(row.events), wide=True),
    ]
    context = {
        "row": row,
        "secret": secret,
        "facts": [fact for fact in facts if fact.value not in (None, "")],
        "table": _deliveries_table(list(row.deliveries.order_by("-created_at", "-pk")[:20]), None),
    }
    return render(request, "exchange/webhook.html", context)


@requires(rules.MANAGE_WEBHOOKS)
@require_POST
@once
def renew(request: Request, uuid: UUID) -> HttpResponse:
    """Give a webhook another secret, shown once."""
    made = operations.renew_secret(
        webhook=get_object_or_404(Webhook, uuid=uuid), by=request.actor, at=request.at
    )
    _keep(request, made)
    return redirect("exchange:webhook", uuid=uuid)


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def deliveries(request: Request) -> HttpResponse:
    """The journal of tellings, newest first."""
    form = DeliveryFilter(request)
    page = page_of(_wanted_deliveries(form), field=form.field, ascending=form.ascending, after=form.after)
    context = {
        "form": form,
        "table": _deliveries_table(page.rows, form),
        "pager": form.pager(page),
        "export_url": f"{reverse('exchange:tellings_export')}?{form.query()}",
    }
    return render(request, "exchange/tellings.html", context)


def _wanted_deliveries(form: DeliveryFilter) -> QuerySet[WebhookDelivery]:
    return filtered_deliveries(
        text=form.value("q"),
        state=form.value("state"),
        event=form.value("event"),
        webhook=form.value("webhook"),
        since=form.moment("since"),
        until=form.moment("until", 1),
    )


def _deliveries_table(rows: list[WebhookDelivery], form: DeliveryFilter | None) -> Any:
    tries, made = Column(_("Tries"), "number"), Column(_("Made at"), "date")
    if form is not None:
        tries = form.head(_("Tries"), "tries", "number")
        made = form.head(_("Made at"), "created_at", "date")
    columns = [Column(_("State"), "light"), Column(_("Kind of event"), "title"), Column(_("Webhook"))]
    columns += [Column(_("HTTP status"), "number"), tries, Column(_("Next try"), "date"), made]
    lines = [
        Row(
            [
                delivery_light(row),
                Link(
                    event_name(row.event),
                    reverse("exchange:telling", args=[row.uuid]),
                    problem_words(row.problem) or row.key,
                ),
                row.webhook.name,
                row.status,
                row.tries,
                row.next_at,
                row.created_at,
            ]
        )
        for row in rows
    ]
    return table(_("Event messages"), columns, lines)


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def export_deliveries(request: Request) -> HttpResponseBase:
    """Give the journal of tellings, as it is narrowed, as a spreadsheet."""
    form = DeliveryFilter(request)
    columns = [
        SheetColumn(_("Webhook"), 30, lambda row: row.webhook.name),
        SheetColumn(_("Kind of event"), 30, lambda row: event_name(row.event)),
        SheetColumn(_("State"), 16, lambda row: str(row.get_state_display())),
        SheetColumn(_("HTTP status"), 10, lambda row: row.status),
        SheetColumn(_("Tries"), 8, lambda row: row.tries),
        SheetColumn(_("Last problem"), 50, lambda row: problem_words(row.problem)),
        SheetColumn(_("Made at"), 18, lambda row: row.created_at),
        SheetColumn(_("Sent at"), 18, lambda row: row.sent_at),
    ]
    wanted = _wanted_deliveries(form)
    return sheet(request, page="tellings", title=_("Event messages"), form=form, rows=wanted, columns=columns)


@requires(rules.MANAGE_WEBHOOKS)
@require_safe
def delivery(request: Request, uuid: UUID) -> HttpResponse:
    """Show one telling with what it says."""
    row = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), uuid=uuid)
    facts = [
        Fact(_("State"), delivery_light(row)),
        Fact(_("Webhook"), Link(row.webhook.name, reverse("exchange:webhook", args=[row.webhook.uuid]))),
        Fact(_("Kind of event"), row.event),
        Fact(_("HTTP status"), row.status),
        Fact(_("Tries"), row.tries),
        Fact(_("Next try"), row.next_at),
        Fact(_("Made at"), row.created_at),
        Fact(_("Sent at"), row.sent_at),
        Fact(_("Last problem"), problem_words(row.problem), wide=True),
        Fact(
            _("As the log has it"),
            "" if problem_words(row.problem) == row.problem else row.problem,
            wide=True,
        ),
    ]
    context = {
        "row": row,
        "facts": [fact for fact in facts if fact.value not in (None, "")],
        "event": event_name(row.event),
        "payload": json.dumps(row.payload, ensure_ascii=False, indent=2),
        "can_replay": row.state not in (State.WAITING, State.SENDING),
    }
    return render(request, "exchange/telling.html", context)


@requires(rules.MANAGE_WEBHOOKS)
@require_POST
@once
def replay(request: Request, uuid: UUID) -> HttpResponse:
    """Have one telling sent again."""
    row = get_object_or_404(WebhookDelivery, uuid=uuid)
    if operations.replay(delivery=row, by=request.actor, at=request.at):
        messages.success(request, _("The message is in the queue again."))
    else:
        messages.info(request, _("The message waits or is on its way."))
    return redirect("exchange:telling", uuid=uuid)
