"""Background work for the system administrator: look, repeat, cancel."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.events import operations, queries
from jingkai.kernel.events.data import JobFilter, JobPage
from jingkai.kernel.events.rules import MANAGE_JOBS
from jingkai.kernel.events.web.forms import JobFilterForm
from jingkai.kernel.events.web.words import HISTORY_WORDS, STATE_WORDS, state_light
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Pager, Tab

LARGEST_ID = 2**63 - 1


@requires(MANAGE_JOBS)
@require_GET
def jobs(request: Request) -> HttpResponse:
    """List the jobs of a filter, newest first."""
    form = JobFilterForm(request.GET)
    wanted = form.wanted()
    page = queries.list_jobs(
        wanted=wanted, older_than=_number(request, "older"), newer_than=_number(request, "newer")
    )
    failed = queries.count_failed(wanted=wanted)
    context = {
        "form": form,
        "wanted": wanted,
        "rows": [(row, _label(row.name), state_light(row.state, row.attempts)) for row in page.rows],
        "failed": failed,
        "tabs": _tabs(wanted, failed),
        "pager": _pager(wanted, page),
    }
    return render(request, "events/jobs.html", context)


def _label(name: str) -> Any:
    """Say what a job is for: its kind's words, or the name of the reaction that it is."""
    item = operations.work.get(name)
    return (item.label if item else "") or (_("Follow up an event") if ":" in name else name)


def _number(request: Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID else None


def _url(wanted: JobFilter, **more: object) -> str:
    chosen: dict[str, object] = {"state": wanted.state, "queue": wanted.queue, "task": wanted.task}
    chosen |= {"routine": "on" if wanted.routine else "", **more}
    query = urlencode({name: value for name, value in chosen.items() if value != ""})
    return f"{reverse('events:jobs')}?{query}" if query else reverse("events:jobs")


def _tabs(wanted: JobFilter, failed: int) -> list[Tab]:
    tabs = [Tab(str(_("All")), _url(wanted, state=""), current=not wanted.state)]
    for state in ("failed", "todo", "doing", "succeeded"):
        count = failed if state == "failed" else None
        url, current = _url(wanted, state=state), wanted.state == state
        tabs.append(Tab(str(STATE_WORDS[state]), url, count=count, current=current, late=bool(count)))
    return tabs


def _pager(wanted: JobFilter, page: JobPage) -> Pager | None:
    if not page.rows or not (page.has_newer or page.has_older):
        return None
    newer = _url(wanted, newer=page.rows[0].id) if page.has_newer else ""
    older = _url(wanted, older=page.rows[-1].id) if page.has_older else ""
    return Pager(newer, older)


@requires(MANAGE_JOBS)
@require_GET
def job(request: Request, job_id: int) -> HttpResponse:
    """Show one job: its arguments, what happened to it, and each failed try."""
    row = queries.get_job(job_id) if job_id <= LARGEST_ID else None
    if row is None:
        raise Http404
    context = {
        "job": row,
        "label": _label(row.name),
        "light": state_light(row.state, row.attempts),
        "attempts": queries.list_attempts(job_id),
        "history": [(HISTORY_WORDS.get(kind, kind), at) for kind, at in queries.list_history(job_id)],
        "may_retry": row.state in ("failed", "cancelled", "aborted"),
        "may_cancel": row.state == "todo",
    }
    return render(request, "events/job.html", context)


@requires(MANAGE_JOBS)
@require_POST
@once
def retry(request: Request, job_id: int) -> HttpResponse:
    """Put one job back into the queue."""
    operations.retry_job(job_id=min(job_id, LARGEST_ID), by=request.actor, at=request.at)
    messages.success(request, _("The job was put back into the queue."))
    return redirect("events:job", job_id)


@requires(MANAGE_JOBS)
@require_POST
@once
def cancel(request: Request, job_id: int) -> HttpResponse:
    """Take one waiting job out of the queue."""
    operations.cancel_job(job_id=min(job_id, LARGEST_ID), by=request.actor, at=request.at)
    messages.success(request, _("The job was cancelled."))
    return redirect("events:job", job_id)


@requires(MANAGE_JOBS)
@require_POST
@once
def retry_failed(request: Request) -> HttpResponse:
    """Put all failed jobs of the filter back into the queue."""
    wanted = JobFilterForm(request.POST).wanted()
    number = operations.retry_failed_jobs(
        task=wanted.task, queue=wanted.queue, by=request.actor, at=request.at
    )
    said = ngettext(
        "%(n)d job was put back into the queue.", "%(n)d jobs were put back into the queue.", number
    )
    messages.success(request, said % {"n": number})
    return redirect(_url(wanted))
