"""A person's notices: unread first, newest first."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.notices import operations
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.notices.queries import NoticePlace, count_unread, page_of_notices
from jingkai.kernel.notices.queries.inbox import MOST_COUNTED, kinds_of
from jingkai.kernel.notices.rules.kinds import kinds
from jingkai.kernel.permissions.api import Request, signed_in
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Light, Link, Pager, Row, Tab, Table

PAGE = 30


@signed_in
@require_safe
def notices(request: Request) -> HttpResponse:
    """List one's notices."""
    person = _person(request)
    unread, kind = "unread" in request.GET, request.GET.get("kind", "").replace("\x00", "")[:64]
    rows, more = page_of_notices(
        person, kind=kind, unread=unread, after=_place(request.GET.get("after", "")), size=PAGE
    )
    context = {
        "layout": _layout(request),
        "table": _table(rows),
        "rows": rows,
        "tabs": _tabs(person, unread=unread),
        "kinds": [(code, kind_words(code)) for code in kinds_of(person)],
        "kind": kind,
        "unread": unread,
        "pager": _pager(request, rows, more=more),
    }
    return render(request, "notices/list.html", context)


def _person(request: Request) -> int:
    if request.actor.party_id is None:
        raise Http404
    return request.actor.party_id


def _layout(request: Request) -> str:
    return "ui/page.html" if request.actor.kind == "staff" else "ui/public.html"


def kind_words(code: str) -> str:
    """Give what a kind of notice is called."""
    kind = kinds.get(code)
    return local(kind, "name") if kind else code


def _place(text: str) -> NoticePlace | None:
    """Read a place from a link; a damaged one is the beginning."""
    try:
        read, at, number = text.split("~")
        moment = datetime.fromisoformat(at)
        return (
            NoticePlace(read == "1", moment, int(number))
            if moment.tzinfo and 0 <= int(number) < 2**63
            else None
        )
    except ValueError:
        return None


def _table(rows: list[Notice]) -> Table:
    columns = [
        Column(_("State"), "light"),
        Column(_("Notice"), "title"),
        Column(_("Kind")),
        Column(_("Matter")),
    ]
    lines = [
        Row(
            [
                Light("none", _("read")) if row.is_read else Light("warn", _("unread")),
                Link(row.title, reverse("notice", kwargs={"uuid": row.uuid})),
                kind_words(row.kind),
                row.case_ref,
                row.at,
            ],
            muted=row.is_read,
        )
        for row in rows
    ]
    return Table(_("Notices"), [*columns, Column(_("At"), "date")], lines)


def _tabs(person: int, *, unread: bool) -> list[Tab]:
    here, number = reverse("notices"), count_unread(person)
    return [
        Tab(_("All"), here, current=not unread),
        Tab(_("Unread"), f"{here}?unread=1", count=min(number, MOST_COUNTED), current=unread),
    ]


def _pager(request: Request, rows: list[Notice], *, more: bool) -> Pager | None:
    kept = {name: value for name, value in request.GET.items() if name in {"kind", "unread"} and value}
    first = "?" + urlencode(kept) if "after" in request.GET else ""
    if not first and not more:
        return None
    last = rows[-1] if rows else None
    place = f"{int(last.is_read)}~{last.at.isoformat()}~{last.pk}" if last else ""
    return Pager(newer_url=first, older_url="?" + urlencode({**kept, "after": place}) if more else "")


def _mine(request: Request, uuid: UUID) -> Notice:
    return get_object_or_404(Notice, uuid=uuid, to_id=_person(request))


@signed_in
@require_safe
def notice(request: Request, uuid: UUID) -> HttpResponse:
    """Show one notice; showing it to its reader is having read it."""
    row = _mine(request, uuid)
    if request.method == "GET":
        operations.mark_read(row, at=request.at)
    context = {"layout": _layout(request), "notice": row, "kind_name": kind_words(row.kind)}
    return render(request, "notices/notice.html", context)


@signed_in
@require_POST
@once
def read_one(request: Request, uuid: UUID) -> HttpResponse:
    """Mark one notice read and go to what it tells about."""
    row = _mine(request, uuid)
    operations.mark_read(row, at=request.at)
    return redirect(row.url if row.url.startswith("/") and not row.url.startswith("//") else "notices")


@signed_in
@require_POST
@once
def read_all(request: Request) -> HttpResponse:
    """Mark all of one's notices read."""
    operations.mark_all_read(by=request.actor, at=request.at)
    return redirect("notices")
