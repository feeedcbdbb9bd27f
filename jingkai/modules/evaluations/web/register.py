"""The register of ratings for officers: list, spreadsheet, one rating and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.cases import api as cases
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.modules.evaluations import operations, queries, rules
from jingkai.modules.evaluations.models import Evaluation
from jingkai.modules.evaluations.operations.appealing import appeal_until
from jingkai.modules.evaluations.queries import Cursor
from jingkai.modules.evaluations.web import shown
from jingkai.modules.evaluations.web.forms import AppealForm, PublicationForm, RecheckForm, RegisterForm
from jingkai.ui.data import Pager
from jingkai.ui.sheets import MOST_ROWS, spreadsheet

BATCH = 500


@requires(rules.SEE, rules.SEE_ALL)
@require_safe
def register(request: Request) -> HttpResponse:
    """Ratings, newest or worst first: those of the own unit, or all."""
    form = _filter(request)
    after = Cursor.parse(request.GET.get("after", ""))
    rows, more = queries.list_evaluations(actor=request.actor, wanted=form.wanted(), after=after)
    worst = form.sort == "level"
    sorts = {
        "level": "" if worst else "?" + form.query(sort="level"),
        "rated_at": "?" + form.query(sort="") if worst else "",
    }
    context = {
        "form": form,
        "query": form.query(),
        "table": shown.register_table(rows, sorts=sorts) if rows else None,
        "pager": _pager(form, first=after is None, more=more),
        "may_invite": rules.INVITE in request.actor.permissions,
    }
    return render(request, "evaluations/register.html", context)


def _filter(request: Request) -> RegisterForm:
    units = [(str(unit.uuid), local(unit, "name")) for unit in queries.rated_units(request.actor)]
    return RegisterForm(request, units=units)


def _pager(form: RegisterForm, *, first: bool, more: Cursor | None) -> Pager | None:
    if first and more is None:
        return None
    older = "?" + form.query(after=str(more)) if more else ""
    return Pager("" if first else "?" + form.query(), older)


@requires(rules.SEE, rules.SEE_ALL)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The register as it is narrowed, as a spreadsheet."""
    form = _filter(request)
    operations.record_export(page="register", query=form.query(), by=request.actor, at=request.at)
    on = timezone.localdate(request.at)
    rows = shown.register_lines(_all(request, form), reasons=_reasons(request))
    return spreadsheet(title=_("Ratings"), head=shown.register_head(), rows=rows, on=on)


def _all(request: Request, form: RegisterForm) -> Iterator[Evaluation]:
    after, given = None, 0
    while given <= MOST_ROWS:
        rows, after = queries.list_evaluations(
            actor=request.actor, wanted=form.wanted(), after=after, limit=BATCH
        )
        yield from rows
        given += len(rows)
        if after is None:
            return


def _reasons(request: Request) -> dict[str, str]:
    return {one.code: local(one, "name") for one in rules.reasons_on(timezone.localdate(request.at))}


@requires(rules.SEE, rules.SEE_ALL)
@require_safe
def evaluation(request: Request, uuid: UUID) -> HttpResponse:
    """One rating: what was said, what followed, what this person may do."""
    found = _evaluation(request, uuid)
    return render(request, "evaluations/evaluation.html", _page(request, found))


def _page(request: Request, found: Evaluation) -> dict[str, Any]:
    actor, on = request.actor, timezone.localdate(request.at)
    until = appeal_until(found)
    rectification = getattr(found, "rectification", None)
    complaint = getattr(found, "complaint", None)
    reviews = rules.REVIEW in actor.permissions and bool(found.comment)
    return {
        "evaluation": found,
        "light": shown.level_light(found.level),
        "facts": shown.rating_facts(found, reasons=_reasons(request)),
        "rectification": rectification,
        "rectification_facts": shown.rectification_facts(rectification) if rectification else [],
        "rectification_url": _case_url(request, rectification.case if rectification else None),
        "visits": found.visits.all(),
        "appeal": getattr(found, "appeal", None),
        "appeal_until": until,
        "appealing": AppealForm(held(request, _path("appeal", found)))
        if rules.may_appeal(actor, found, on=on, until=until)
        else None,
        "deciding": RecheckForm(held(request, _path("recheck", found)))
        if rules.may_recheck(actor, found)
        else None,
        "complaint": complaint,
        "complaint_url": _case_url(request, complaint.case if complaint else None),
        "publishing": PublicationForm(
            initial={"text": found.published or found.comment, "version": found.version}
        )
        if reviews
        else None,
    }


def _path(act: str, found: Evaluation) -> str:
    return reverse(f"evaluations:{act}", args=[found.uuid])


def _case_url(request: Request, case: Any) -> str:
    """The case page, for those who may read the case."""
    if case is None or not cases.may_see(case.pk, grantees=request.actor.grantees):
        return ""
    return reverse("inbox:case", args=[case.uuid])


def _evaluation(request: Request, uuid: UUID) -> Evaluation:
    found = queries.get_evaluation(uuid=uuid, actor=request.actor)
    if found is None:
        raise Http404
    return found


@requires(rules.APPEAL)
@require_POST
@once
def appeal(request: Request, uuid: UUID) -> HttpResponse:
    """Appeal against a rating of the own unit."""
    found, form = _evaluation(request, uuid), AppealForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    operations.appeal_rating(evaluation=found, reason=reason, by=request.actor, at=request.at)
    messages.success(request, _("The appeal was handed in for re-checking."))
    return redirect("evaluations:evaluation", uuid=uuid)


@requires(rules.RECHECK)
@require_POST
@once
def recheck(request: Request, uuid: UUID) -> HttpResponse:
    """Decide an appeal: the rating counts or not."""
    found, form = _evaluation(request, uuid), RecheckForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"counts": True, "reason": ""}
    operations.decide_appeal(evaluation=found, by=request.actor, at=request.at, **given)
    messages.success(request, _("The re-check was recorded; both sides were told."))
    return redirect("evaluations:evaluation", uuid=uuid)


@requires(rules.REVIEW)
@require_POST
@once
def publish(request: Request, uuid: UUID) -> HttpResponse:
    """Publish a comment in its cleared wording, or keep it back."""
    found, form = _evaluation(request, uuid), PublicationForm(request.POST)
    wanted = request.POST.get("publish") == "1"
    given = form.cleaned_data if form.is_valid() else {}
    operations.review_comment(
        evaluation=found,
        publish=wanted,
        text=given.get("text", ""),
        version=given.get("version", 0),
        by=request.actor,
        at=request.at,
    )
    done = _("The comment stands on the public page now.") if wanted else _("The comment is kept back.")
    messages.success(request, done)
    return redirect("evaluations:evaluation", uuid=uuid)
