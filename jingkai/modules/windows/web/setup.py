"""The hall's manager sets up windows, lines, matters, rules, devices and ticket machines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.windows.data import HOURS
from jingkai.modules.windows.models import Kiosk, Line, Topic, Window
from jingkai.modules.windows.operations import counters as operations
from jingkai.modules.windows.operations.reference import set_up_usual_hall
from jingkai.modules.windows.queries import counters as queries
from jingkai.modules.windows.rules import KINDS, MANAGE, RuleBook
from jingkai.modules.windows.web.forms import (
    EquipmentForm,
    LineForm,
    RuleForm,
    TopicsForm,
    WindowForm,
    words_of,
)
from jingkai.modules.windows.web.kiosk import COOKIE, SALT, YEAR
from jingkai.ui.cookies import cookie_name
from jingkai.ui.words import listed


@requires(MANAGE)
@require_GET
def setup(request: Request) -> HttpResponse:
    """Everything of the hall on one page."""
    on, book = timezone.localdate(request.at), RuleBook()
    context = {
        "windows": queries.list_windows(active=False),
        "lines": queries.list_lines(active=False),
        "kiosks": Kiosk.objects.filter(withdrawn_at=None),
        "rules": [(kind, _rule_facts(kind, book.get(kind.code, "hall", on=on))) for kind in KINDS],
    }
    return render(request, "windows/setup.html", context)


def _rule_facts(kind: Any, value: dict[str, Any]) -> list[tuple[Any, str]]:
    facts = []
    for field in kind.fields:
        found = value.get(field.name)
        if field.type == "choices":
            labels = dict(field.options)
            found = listed(str(labels[code]) for code in found or [])
        facts.append((field.label, str(found if found not in (None, "") else "–")))
    return facts


@requires(MANAGE)
@require_POST
@once
def usual(request: Request) -> HttpResponse:
    """Set up the usual 12 + 1 windows where there is none yet."""
    if set_up_usual_hall(by=request.actor, at=request.at):
        messages.success(request, _("Thirteen windows were set up. Change them as your hall is."))
    return redirect("windows:setup")


def _present(row: Any, form: Any) -> dict[str, Any]:
    """What a row says now, under the names of a form's fields."""
    return {name: getattr(row, name) for name in form.base_fields} if row is not None else {}


def _form(request: Request, form: Any, title: str, text: str = "") -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "text": text,
        "back": _("Windows and queue"),
        "back_url": reverse("windows:setup"),
    }
    return render(request, "windows/form.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@once
def window_new(request: Request) -> HttpResponse:
    """Set up a window."""
    return _window(request, None)


@requires(MANAGE)
@once
def window_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Change a window."""
    return _window(request, get_object_or_404(Window, uuid=uuid))


def _window(request: Request, row: Window | None) -> HttpResponse:
    initial = _present(row, WindowForm)
    if row is not None:
        initial["lines"] = list(row.lines.values_list("pk", flat=True))
    form = WindowForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            operations.save_window(
                window=row, draft=form.draft(), version=version, by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("windows:setup")
    title = _("Change window %(number)s") % {"number": row.number} if row else _("Set up a window")
    return _form(request, form, title)


@requires(MANAGE)
@once
def line_new(request: Request) -> HttpResponse:
    """Set up a line of business."""
    return _line(request, None)


@requires(MANAGE)
@once
def line_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Change a line of business."""
    return _line(request, get_object_or_404(Line, uuid=uuid))


def _line(request: Request, row: Line | None) -> HttpResponse:
    form = LineForm(request.POST or None, initial=_present(row, LineForm))
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            operations.save_line(
                line=row, draft=form.draft(), version=version, by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("windows:setup")
    return _form(request, form, _("Line of business"))


@requires(MANAGE)
@once
def topics(request: Request, uuid: UUID) -> HttpResponse:
    """Write down what people come for in a line."""
    line = get_object_or_404(Line, uuid=uuid)
    present = "\n".join(_topic_line(topic) for topic in Topic.objects.filter(line=line, active=True))
    form = TopicsForm(request.POST or None, initial={"topics": present})
    if request.method == "POST" and form.is_valid():
        operations.save_topics(line=line, topics=form.rows(), by=request.actor, at=request.at)
        messages.success(request, _("Saved."))
        return redirect("windows:setup")
    return _form(request, form, _("Matters of “%(line)s”") % {"line": local(line, "name")})


def _topic_line(topic: Topic) -> str:
    parts = [topic.name, topic.name_en, topic.keywords]
    return " | ".join([*parts, topic.source_code] if topic.source_code else parts)


@requires(MANAGE)
@once
def equipment(request: Request, uuid: UUID) -> HttpResponse:
    """Note whether a window's device works."""
    window = get_object_or_404(Window, uuid=uuid)
    form = EquipmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.note_equipment(window=window, by=request.actor, at=request.at, **form.cleaned_data)
        messages.success(request, _("Noted."))
        return redirect("windows:setup")
    return _form(request, form, _("Devices of window %(number)s") % {"number": window.number})


@requires(MANAGE)
@once
def rule(request: Request, kind: str) -> HttpResponse:
    """Write a rule of the hall that applies from a day on."""
    found = next((one for one in KINDS if one.code == f"windows.{kind}"), None)
    if found is None:
        return redirect("windows:setup")
    today = timezone.localdate(request.at)
    value = RuleBook().get(found.code, "hall", on=today)
    initial = {f"v_{name}": given for name, given in value.items()} | {"starts_on": today}
    form = RuleForm(request.POST or None, kind=found, keys=_keys(found.code), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.write_rule(
                kind=found.code,
                key=form.cleaned_data["key"],
                value=form.value(),
                starts_on=form.cleaned_data["starts_on"],
                source=form.cleaned_data["source"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(
                request, _("The rule applies from %(on)s.") % {"on": form.cleaned_data["starts_on"]}
            )
            return redirect("windows:setup")
    return _form(request, form, local(found, "name"), _("What applied before stays on record."))


def _keys(kind: str) -> list[tuple[str, Any]]:
    everywhere = ("hall", _("The whole hall"))
    if kind == HOURS:
        windows = queries.list_windows()
        return [
            everywhere,
            *((f"window-{one.number}", f"{one.number} {local(one, 'name')}") for one in windows),
        ]
    return [everywhere, *((line.code, local(line, "name")) for line in queries.list_lines())]


@requires(MANAGE)
@require_POST
@once
def admit(request: Request) -> HttpResponse:
    """Make this very device a ticket machine: the page is opened on it by the manager."""
    name = request.POST.get("name", "").strip()[:60] or _("Ticket machine")
    _row, token = operations.admit_kiosk(name=name, by=request.actor, at=request.at)
    response = redirect("windows:kiosk")
    response.set_signed_cookie(
        cookie_name(COOKIE),
        token,
        salt=SALT,
        max_age=YEAR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@requires(MANAGE)
@require_POST
@once
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take a ticket machine out of service."""
    operations.withdraw_kiosk(kiosk=get_object_or_404(Kiosk, uuid=uuid), by=request.actor, at=request.at)
    messages.success(request, _("The machine gives out no more tickets."))
    return redirect("windows:setup")
