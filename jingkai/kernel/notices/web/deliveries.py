"""Deliveries for the system administrator: what went out, what did not and why, and having it repeated."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from jingkai.kernel.notices import operations
from jingkai.kernel.notices.models import Delivery
from jingkai.kernel.notices.queries import DeliveryFilter, page_of_deliveries
from jingkai.kernel.notices.queries.deliveries import count_failed
from jingkai.kernel.notices.rules import MANAGE_DELIVERIES
from jingkai.kernel.notices.rules.kinds import kinds
from jingkai.kernel.notices.web.inbox import kind_words
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Fact, Light, Link, Pager, Row, Tab, Table

PAGE = 50
State = Delivery.State
TONES = {
    State.QUEUED: "none",
    State.SENDING: "hold",
    State.SENT: "ok",
    State.FAILED: "warn",
    State.PERMANENT: "late",
    State.OFF: "late",
}


class DeliveryForm(forms.Form):
    """The filter over deliveries."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("all"))
        self.fields["state"].choices = [anything, *State.choices]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [anything, *Delivery.Channel.choices]  # type: ignore[attr-defined]
        names = [(kind.code, kind_words(kind.code)) for kind in kinds.all()]
        self.fields["kind"].choices = [anything, *names]  # type: ignore[attr-defined]

    def wanted(self) -> DeliveryFilter:
        """Give the filter; what is not valid is left out."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return DeliveryFilter(
            state=given.get("state", ""),
            channel=given.get("channel", ""),
            kind=given.get("kind", ""),
            since=_midnight(given.get("since")),
            until=_midnight(given.get("until"), days=1),
        )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None or day.year > 9000:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


@requires(MANAGE_DELIVERIES)
@require_safe
def deliveries(request: Request) -> HttpResponse:
    """List deliveries, newest first."""
    form = DeliveryForm(request.GET)
    before = _place(request.GET.get("before", ""))
    rows, more = page_of_deliveries(form.wanted(), before=before, size=PAGE)
    failed = count_failed()
    context = {
        "form": form,
        "rows": rows,
        "table": _table(rows),
        "tabs": _tabs(request.GET.get("state", ""), failed),
        "pager": _pager(request, rows, more=more),
        "given_up": failed.get(State.PERMANENT, 0) + failed.get(State.OFF, 0),
    }
    return render(request, "notices/deliveries.html", context)


def _place(text: str) -> tuple[datetime, int] | None:
    try:
        at, number = text.split("~")
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo and 0 <= int(number) < 2**63 else None
    except ValueError:
        return None


def _pager(request: Request, rows: list[Delivery], *, more: bool) -> Pager | None:
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    first = "?" + urlencode(kept) if "before" in request.GET else ""
    if not first and not more:
        return None
    place = f"{rows[-1].created_at.isoformat()}~{rows[-1].pk}" if rows else ""
    return Pager(newer_url=first, older_url="?" + urlencode({**kept, "before": place}) if more else "")


def _tabs(state: str, failed: dict[str, int]) -> list[Tab]:
    here = reverse("deliveries")
    tabs = [Tab(_("All"), here, current=not state)]
    for one in (State.PERMANENT, State.FAILED, State.OFF, State.QUEUED, State.SENT):
        number = failed.get(one)
        tabs.append(
            Tab(
                str(one.label), f"{here}?state={one.value}", number, state == one, late=one == State.PERMANENT
            )
        )
    return tabs


def light(row: Delivery) -> Light:
    """Draw where a delivery stands."""
    return Light(TONES[State(row.state)], str(row.get_state_display()))  # type: ignore[arg-type]


def _title(row: Delivery) -> str:
    return row.notice.title if row.notice else kind_words("phone_check")


def _table(rows: list[Delivery]) -> Table:
    columns = [
        Column(_("State"), "light"),
        Column(_("What"), "title"),
        Column(_("Channel")),
        Column(_("To")),
        Column(_("Tries"), "number"),
        Column(_("Made at"), "date"),
    ]
    lines = [
        Row(
            [
                light(row),
                Link(_title(row), reverse("delivery", kwargs={"uuid": row.uuid}), row.error),
                str(row.get_channel_display()),
                row.to_hint,
                row.tries,
                row.created_at,
            ]
        )
        for row in rows
    ]
    return Table(_("Deliveries"), columns, lines)


@requires(MANAGE_DELIVERIES)
@require_safe
def delivery(request: Request, uuid: UUID) -> HttpResponse:
    """Show one delivery with each failed try."""
    row = get_object_or_404(Delivery.objects.select_related("notice", "check_of"), uuid=uuid)
    facts = [
        Fact(_("State"), light(row)),
        Fact(_("Channel"), str(row.get_channel_display())),
        Fact(_("To"), row.to_hint),
        Fact(_("Made at"), row.created_at),
        Fact(_("Sent at"), row.sent_at),
        Fact(_("Next try"), row.next_at),
        Fact(_("Provider's template"), row.sms_code),
        Fact(_("Provider's number"), row.receipt),
        Fact(_("Matter"), row.notice.case_ref if row.notice else ""),
    ]
    failures = row.failures.order_by("-at", "-pk")[:50]
    tries = [Row([one.at, one.number, one.error]) for one in failures]
    columns = [Column(_("At"), "date"), Column(_("Try"), "number"), Column(_("Error"), "title")]
    context = {
        "row": row,
        "title": _title(row),
        "facts": facts,
        "tries": Table(_("Failed tries"), columns, tries),
        "can_repeat": row.state in (State.FAILED, State.PERMANENT, State.OFF),
    }
    return render(request, "notices/delivery.html", context)


@requires(MANAGE_DELIVERIES)
@require_POST
@once
def repeat_one(request: Request, uuid: UUID) -> HttpResponse:
    """Have one delivery tried again."""
    row = get_object_or_404(Delivery, uuid=uuid)
    if operations.repeat_delivery(row, by=request.actor, at=request.at):
        messages.success(request, _("The message is in the queue again."))
    else:
        messages.info(request, _("The message is out already or on its way."))
    return redirect("delivery", uuid=uuid)


@requires(MANAGE_DELIVERIES)
@require_POST
@once
def repeat_all(request: Request) -> HttpResponse:
    """Have everything that was given up tried again."""
    number = operations.repeat_deliveries(by=request.actor, at=request.at)
    text = ngettext(
        "%(number)s message is in the queue again.", "%(number)s messages are in the queue again.", number
    )
    messages.success(request, text % {"number": number})
    return redirect("deliveries")
