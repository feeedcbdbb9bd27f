"""The calendar address of a person: its page, and what calendar programs read there (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.models import CalendarFeed
from jingkai.casework.inbox.operations import feeds
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, public, staff
from jingkai.kernel.submissions.api import once

if TYPE_CHECKING:
    from icalendar import Event


@staff
@require_safe
@never_cache
def my_feed(request: Request) -> HttpResponse:
    """Show one's own calendar address, how to use it, and how to revoke it."""
    row = CalendarFeed.objects.filter(person_id=request.actor.party_id, revoked_at__isnull=True).first()
    address = ""
    if row is not None:
        address = settings.BASE_URL + reverse("inbox:calendar", kwargs={"token": feeds.token_of(row)})
    return render(request, "inbox/feed.html", {"feed": row, "address": address})


@staff
@require_POST
@once
def make_feed(request: Request) -> HttpResponse:
    """Make a new calendar address; the one before stops working."""
    feeds.make_feed(with_titles=bool(request.POST.get("with_titles")), by=request.actor, at=request.at)
    messages.success(request, _("Your calendar has a new address."))
    return redirect("inbox:my_feed")


@staff
@require_POST
@once
def revoke_feed(request: Request) -> HttpResponse:
    """Let one's calendar address stop working."""
    feeds.revoke_feed(by=request.actor, at=request.at)
    messages.success(request, _("The calendar address no longer works."))
    return redirect("inbox:my_feed")


@public
@require_safe
@never_cache
def calendar(request: Request, token: str) -> HttpResponse:
    """Give the due dates of a person's own tasks to whoever knows the secret address.

    The address itself is the permission: signed, revocable, and good for nothing else.
    """
    feed = feeds.feed_of(token)
    if feed is None:
        raise Http404
    with translation.override(request.GET.get("lang") if request.GET.get("lang") == "en" else "zh-hans"):
        body = _calendar(feed)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="tasks.ics"'
    return response


def _calendar(feed: CalendarFeed) -> bytes:
    from icalendar import Calendar

    book = Calendar()
    book.add("prodid", "-//Jingkai//Tasks//ZH")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", _("Due dates of my tasks"))
    for task in queries.list_dated_tasks(feed.person_id):
        book.add_component(_event(task, with_titles=feed.with_titles))
    content: bytes = book.to_ical()
    return content


def _event(task: Task, *, with_titles: bool) -> Event:
    from icalendar import Event

    assert task.due_at is not None
    due, name = timezone.localdate(task.due_at), local(task, "name")
    event = Event()
    event.add("uid", f"{task.uuid}@{settings.BASE_URL.partition('//')[2].partition(':')[0]}")
    event.add("dtstamp", task.claimed_at or task.opened_at)
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    what = local(task.case, "title") if with_titles else task.case.reference
    event.add("summary", _("Due: %(task)s · %(what)s") % {"task": name, "what": what})
    event.add("description", task.case.reference)
    event.add("url", settings.BASE_URL + reverse("inbox:case", kwargs={"uuid": task.case.uuid}))
    event.add("transp", "TRANSPARENT")
    return event
