"""The enterprise's pages: all its matters, each like a parcel's journey, with result and rating."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application, Decision, Question
from jingkai.modules.approvals.web import onpage, shown
from jingkai.modules.approvals.web.forms import AnswerForm, typed_text
from jingkai.modules.approvals.web.lists import MOST_ROWS, MatterFilter
from jingkai.modules.enterprises import api as enterprises
from jingkai.ui.data import Column
from jingkai.ui.sheets import spreadsheet


@requires(rules.APPLY)
@require_safe
def matters(request: Request) -> HttpResponse:
    """All matters and drafts of the person's enterprises, by last change or by their beginning."""
    form = MatterFilter(request)
    field = "created_at" if form.sort == "begun" else "updated_at"
    if form.narrows or form.after:
        applications, place = queries.page_after(_wanted(request, form), field=field, after=form.after)
    else:
        begun = form.sort == "begun"
        applications, place = queries.first_own_applications(actor=request.actor, by_beginning=begun)
    context = {
        "form": form,
        "rows": shown.my_rows(applications, heads=_heads(form, field)),
        "pager": form.pager(place),
        "export_url": f"{reverse('approvals:my_export')}?{form.query()}",
        **_home(request),
    }
    return render(request, "approvals/my.html", context)


@requires(rules.APPLY)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give the list of matters, as it is narrowed, as a spreadsheet."""
    form = MatterFilter(request)
    operations.record_export(page="my", query=form.query(), by=request.actor, at=request.at)
    found = _wanted(request, form).order_by("-updated_at", "-pk")[:MOST_ROWS]
    return spreadsheet(
        title=_("My matters"),
        head=shown.my_head(),
        rows=shown.my_lines(list(found)),
        on=timezone.localdate(request.at),
    )


def _home(request: Request) -> dict[str, Any]:
    """The head of the home page: figures of every module for the enterprise that the person works for."""
    own = enterprises.list_of(request.actor.enterprise_ids)
    holder = own[0] if len(own) == 1 else enterprises.chosen(request) if own else None
    if holder is None:
        return {}
    return {"enterprise": holder, "stats": enterprises.stats_of(request, holder), "several": len(own) > 1}


def _wanted(request: Request, form: MatterFilter) -> QuerySet[Application]:
    found = queries.own_applications(
        enterprise_ids=request.actor.enterprise_ids, text=form.text, state=form.value("state")
    )
    return found.filter(enterprises.visible(request.actor))


def _heads(form: MatterFilter, field: str) -> dict[str, Column]:
    """The heads of the two dates, each a link that sorts by it."""
    labels = {"created_at": (_("Begun"), "begun"), "updated_at": (_("Last change"), "")}
    return {
        name: Column(label, "date", "?" + form.query(sort=sort), "descending" if name == field else "")
        for name, (label, sort) in labels.items()
    }


@requires(rules.APPLY)
@require_safe
def matter(request: Request, uuid: UUID) -> HttpResponse:
    """One matter: where it is, who holds it, since when, due when; what I must do now; its result."""
    found = onpage.of_enterprise(request, uuid)
    if found.application.state == Application.State.DRAFT:
        return redirect("approvals:facts", uuid=uuid)
    context = shown.matter_page(found, at=request.at)
    if rules.ACT_AS_AGENT in request.actor.permissions:  # taking back and paper results are the enterprise's
        context |= {"agent": True, "may_withdraw": False}
    return render(request, "approvals/matter.html", context)


@requires(rules.APPLY)
@require_POST
@submissions.once
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """Answer a department's question."""
    question = get_object_or_404(
        Question.objects.select_related("item__application"),
        uuid=uuid,
        item__application__enterprise_id__in=request.actor.enterprise_ids,
    )
    if not rules.may_read_application(request.actor, question.item.application):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        found = onpage.of_enterprise(request, question.item.application.uuid)
        page = shown.matter_page(found, at=request.at)
        return render(
            request, "approvals/matter.html", {**page, "answer_form": form, "answering": question}, status=422
        )
    operations.answer_question(
        question=question, answer=form.cleaned_data["answer"], by=request.actor, at=request.at
    )
    messages.success(request, _("Your answer was sent to the officer."))
    return redirect("approvals:matter", uuid=question.item.application.uuid)


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take the application back, after a question."""
    application = _own(request, uuid)
    if request.method == "POST":
        operations.withdraw_application(
            application=application,
            reason=typed_text(request.POST, "reason", most=500),
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("The application was withdrawn."))
        return redirect("approvals:matter", uuid=uuid)
    return render(request, "approvals/withdraw.html", {"application": application})


@requires(rules.APPLY)
@require_safe
def result(request: Request, uuid: UUID) -> HttpResponse:
    """Download the sealed result; the first download is recorded as delivery."""
    application = _own(request, uuid)
    decision = (
        Decision.objects.select_related("document", "item__application__case")
        .filter(item__application=application, document__isnull=False)
        .first()
    )
    if decision is None or decision.document is None:
        raise Http404
    operations.record_download(document=decision.document, by=request.actor, at=request.at)
    return redirect("documents:download", uuid=decision.document.uuid)


def _own(request: Request, uuid: UUID) -> Application:
    try:
        found = queries.get_for_enterprise(uuid=uuid, enterprise_ids=request.actor.enterprise_ids)
    except Application.DoesNotExist as error:
        raise Http404 from error
    if not rules.may_read_application(request.actor, found):
        raise Http404
    return found
