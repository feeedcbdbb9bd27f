"""The journal of exchanges: what waits, what failed and why, and doing it by hand from a copy sheet."""

from __future__ import annotations

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
from django.views.decorators.http import require_POST, require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.exchange.operations import journal as operations
from jingkai.kernel.exchange.queries import journal as queries
from jingkai.kernel.exchange.queries.paging import page_of
from jingkai.kernel.exchange.rules.troubles import problem_words
from jingkai.kernel.exchange.web.lists import ListForm, SheetColumn, sheet, table
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Fact, Light, Lines, Link, Row, Tab

State = Exchange.State
TONES = {
    State.WAITING: "none",
    State.SENT: "hold",
    State.ANSWERED: "ok",
    State.FAILED: "late",
    State.BY_HAND: "ok",
}


class JournalFilter(ListForm):
    """The filter over exchanges."""

    system = forms.ChoiceField(label=gettext_lazy("Outside system"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    state = forms.CharField(widget=forms.HiddenInput, required=False)

    sorts = ("-created_at", "created_at", "-tries")

    def offer(self) -> None:
        """Systems and kinds."""
        self.choose("system", [(one.code, local(one, "name")) for one in rules.systems.all()])
        self.choose("kind", [(one.code, local(one, "name")) for one in rules.kinds.all()])


def light(row: Exchange) -> Light:
    """Draw where an exchange stands; what waits for a person says so."""
    if row.needs_hand and row.state == State.WAITING:
        return Light("warn", _("Waits for a hand"))
    tone = "warn" if row.state == State.FAILED and row.next_at else TONES[State(row.state)]
    return Light(tone, str(row.get_state_display()))  # type: ignore[arg-type]


@requires(rules.SEE_EXCHANGE)
@require_safe
def journal(request: Request) -> HttpResponse:
    """List exchanges, newest first, under how the systems outside do."""
    form = JournalFilter(request)
    page = page_of(_wanted(form), field=form.field, ascending=form.ascending, after=form.after)
    columns = [
        Column(_("State"), "light"),
        Column(_("Subject"), "title"),
        Column(_("Kind and system")),
        form.head(_("Tries"), "tries", "number"),
        Column(_("Next try"), "date"),
        Column(_("Number outside")),
        form.head(_("Made at"), "created_at", "date"),
    ]
    rows = [
        Row(
            [
                light(row),
                Link(row.subject, reverse("exchange:exchange", args=[row.uuid]), problem_words(row.problem)),
                Lines((queries.kind_name(row.kind),), (queries.system_name(row.system),)),
                row.tries,
                row.next_at,
                row.outside_number,
                row.created_at,
            ]
        )
        for row in page.rows
    ]
    context = {
        "form": form,
        "table": table(_("Data exchange"), columns, rows),
        "pager": form.pager(page),
        "tabs": _tabs(form),
        "may_work": may(request.actor, rules.WORK_EXCHANGE),
        "systems": [_system(one, request) for one in queries.list_systems()],
        "export_url": f"{reverse('exchange:journal_export')}?{form.query()}",
    }
    return render(request, "exchange/journal.html", context)


def _wanted(form: JournalFilter) -> QuerySet[Exchange]:
    return queries.filtered_exchanges(
        text=form.value("q"),
        state=form.value("state"),
        system=form.value("system"),
        kind=form.value("kind"),
        since=form.moment("since"),
        until=form.moment("until", 1),
    )


def _tabs(form: JournalFilter) -> list[Tab]:
    counts, chosen = queries.count_by_state(), form.value("state")
    words = [("", _("All")), ("hand", _("Waits for a hand")), *State.choices]
    return [
        Tab(
            str(label),
            "?" + form.query(state=code),
            counts.get(code),
            chosen == code,
            late=bool(counts.get(code)) and code in ("hand", State.FAILED),
        )
        for code, label in words
    ]


def _system(one: SystemState, request: Request) -> Fact:
    if one.resting_until and one.resting_until > request.at:
        shown = Light("late", _("does not answer; left alone for a while"))
    elif one.failures:
        shown = Light("warn", _("failed last time"))
    else:
        shown = Light("ok", _("answers"))
    return Fact(queries.system_name(one.system), shown)


@requires(rules.SEE_EXCHANGE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give the journal, as it is narrowed, as a spreadsheet; no payload is in it."""
    form = JournalFilter(request)
    columns = [
        SheetColumn(_("Direction"), 8, lambda row: str(row.get_direction_display())),
        SheetColumn(_("Outside system"), 24, lambda row: queries.system_name(row.system)),
        SheetColumn(_("Kind"), 24, lambda row: queries.kind_name(row.kind)),
        SheetColumn(_("Subject"), 40, lambda row: row.subject),
        SheetColumn(_("State"), 14, lambda row: light(row).text),
        SheetColumn(_("Tries"), 8, lambda row: row.tries),
        SheetColumn(_("Last problem"), 50, lambda row: problem_words(row.problem)),
        SheetColumn(_("Number outside"), 24, lambda row: row.outside_number),
        SheetColumn(_("Made at"), 18, lambda row: row.created_at),
        SheetColumn(_("Settled at"), 18, lambda row: row.settled_at),
        SheetColumn(_("Digest"), 40, lambda row: row.digest),
    ]
    wanted = _wanted(form)
    return sheet(request, page="journal", title=_("Data exchange"), form=form, rows=wanted, columns=columns)


@requires(rules.SEE_EXCHANGE)
@require_safe
def exchange(request: Request, uuid: UUID) -> HttpResponse:
    """Show one exchange, its payload masked."""
    row = _row(uuid)
    facts = [
        Fact(_("State"), light(row)),
        Fact(_("Direction"), str(row.get_direction_display())),
        Fact(_("Outside system"), queries.system_name(row.system)),
        Fact(_("Kind"), queries.kind_name(row.kind)),
        Fact(_("Subject"), Link(row.subject, row.subject_url) if row.subject_url else row.subject),
        Fact(_("Tries"), row.tries),
        Fact(_("Next try"), row.next_at),
        Fact(_("Number outside"), row.outside_number),
        Fact(_("Made at"), row.created_at),
        Fact(_("Settled at"), row.settled_at),
        Fact(_("Settled by"), row.settled_by.name if row.settled_by else ""),
        Fact(_("Digest"), row.digest, wide=True),
    ]
    payload = [Fact(label, value) for label, value in queries.shown_fields(row, masked=True)]
    why = problem_words(row.problem)
    if why != row.problem:
        facts.append(Fact(_("As the log has it"), row.problem, wide=True))
    context = {
        "row": row,
        "why": why,
        "next": _what_next(row),
        "facts": [fact for fact in facts if fact.value not in (None, "")],
        "payload": payload,
        "is_open": row.direction == Exchange.Direction.OUT and row.state in (State.WAITING, State.FAILED),
        "may_work": may(request.actor, rules.WORK_EXCHANGE),
    }
    return render(request, "exchange/exchange.html", context)


def _what_next(row: Exchange) -> str:
    """Say who has it now: the program, which tries again by itself, or a person."""
    if row.next_at is not None:
        return _("Nothing is lost: it is sent again by itself.")
    if row.needs_hand:
        return _("It is not sent again by itself. Send it again when the cause is mended, or copy it over.")
    return ""


def _row(uuid: UUID) -> Any:
    return get_object_or_404(Exchange.objects.select_related("settled_by"), uuid=uuid)


@requires(rules.WORK_EXCHANGE)
@require_safe
def copy_sheet(request: Request, uuid: UUID) -> HttpResponse:
    """Show everything on one screen, ready to be copied into the other system; who looked is written down."""
    row = _row(uuid)
    if request.method == "GET":
        operations.open_sheet(exchange=row, by=request.actor, at=request.at)
    context = {
        "row": row,
        "system": queries.system_name(row.system),
        "kind": queries.kind_name(row.kind),
        "fields": queries.shown_fields(row, masked=False),
        "is_open": row.state in (State.WAITING, State.FAILED),
    }
    return render(request, "exchange/sheet.html", context)


@requires(rules.WORK_EXCHANGE)
@require_POST
@once
def finish(request: Request, uuid: UUID) -> HttpResponse:
    """Note that it was copied over, with the number it has there."""
    version = request.POST.get("version", "")
    operations.finish_by_hand(
        exchange=_row(uuid),
        number=request.POST.get("number", "").replace("\x00", ""),
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("Noted as done by hand."))
    return redirect("exchange:exchange", uuid=uuid)


@requires(rules.WORK_EXCHANGE)
@require_POST
@once
def retry(request: Request, uuid: UUID) -> HttpResponse:
    """Have one exchange sent again at once."""
    operations.retry(exchange=_row(uuid), by=request.actor, at=request.at)
    messages.success(request, _("It is in the queue again."))
    return redirect("exchange:exchange", uuid=uuid)
