"""Requests to use a seal: the register, the sheet, the steps on the case page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.hooks.api import case_tabs, local
from jingkai.kernel.hooks.data import CaseTab
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import SealRequest
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import typed_text
from jingkai.modules.approvals.web.lists import MOST_ROWS, ListFilter
from jingkai.records.seals import api as seals
from jingkai.records.seals.models import Seal
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table, Tone
from jingkai.ui.sheets import spreadsheet

STATES: dict[str, tuple[Tone, Any]] = {
    "asked": ("warn", gettext_lazy("Waits for approval")),
    "approved": ("hold", gettext_lazy("Waits for the seal")),
    "sealed": ("ok", pgettext_lazy("state", "Sealed")),
    "refused": ("none", gettext_lazy("Not approved")),
}


class SealRequestFilter(ListFilter):
    """The register of requests."""

    hint = gettext_lazy("Document, request or person")
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=(("", gettext_lazy("Every state")), *((code, words) for code, (_t, words) in STATES.items())),
    )


class DecideForm(forms.Form):
    """Whether the seal may be used."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=(("agree", gettext_lazy("Agree")), ("reject", gettext_lazy("Do not agree"))),
        widget=forms.RadioSelect,
        initial="agree",
    )
    text = forms.CharField(
        label=gettext_lazy("Opinion"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A refusal needs its reason."),
    )


def request_light(one: SealRequest) -> Light:
    """How a request stands."""
    tone, words = STATES[one.state]
    return Light(tone, str(words))


@requires(rules.SEE_SEAL_USE)
@require_safe
def register_page(request: Request) -> HttpResponse:
    """All requests, newest first or oldest first."""
    form = SealRequestFilter(request)
    oldest = form.sort == "oldest"
    rows, place = queries.page_after(_wanted(form), field="raised_at", ascending=oldest, after=form.after)
    table = Table(
        caption=_("Requests to use a seal"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Document"), "title"),
            Column(_("Number of the request")),
            Column(_("Raised by")),
            Column(_("Approved by")),
            Column(
                _("Raised"),
                "date",
                "?" + form.query(sort="" if oldest else "oldest"),
                "ascending" if oldest else "descending",
            ),
        ],
        rows=[
            Row(
                [
                    request_light(one),
                    Link(
                        one.document.title,
                        reverse("approvals:seal_sheet", args=[one.uuid]),
                        one.document.number_text,
                    ),
                    one.case.reference,
                    local(one.raised_by, "name"),
                    local(one.decided_by, "name") if one.decided_by else "—",
                    one.raised_at,
                ]
            )
            for one in rows
        ],
    )
    context = {
        "form": form,
        "rows": table,
        "pager": form.pager(place),
        "export_url": f"{reverse('approvals:seal_requests_export')}?{form.query()}",
    }
    return render(request, "approvals/seal_requests.html", context)


@requires(rules.SEE_SEAL_USE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form = SealRequestFilter(request)
    operations.record_export(page="seal_requests", query=form.query(), by=request.actor, at=request.at)
    head = [
        (_("Number of the request"), 16),
        (_("Document"), 30),
        (_("Document number"), 22),
        (_("Purpose"), 36),
        (_("State"), 16),
        (_("Raised by"), 14),
        (_("Raised"), 17),
        (_("Approved by"), 14),
        (_("Sealed by"), 14),
        (_("Sealed at"), 17),
    ]
    rows = (
        [
            one.case.reference,
            one.document.title,
            one.document.number_text,
            one.purpose,
            request_light(one).text,
            local(one.raised_by, "name"),
            one.raised_at,
            local(one.decided_by, "name") if one.decided_by else "",
            local(one.sealed_by, "name") if one.sealed_by else "",
            one.sealed_at,
        ]
        for one in _wanted(form).order_by("-raised_at", "-pk")[:MOST_ROWS]
    )
    return spreadsheet(
        title=_("Requests to use a seal"), head=head, rows=rows, on=timezone.localdate(request.at)
    )


@requires(rules.SEE_SEAL_USE)
@require_safe
def sheet(request: Request, uuid: UUID) -> HttpResponse:
    """The request as a sheet of paper (用印审批单), with what was decided so far."""
    found = get_object_or_404(queries.seal_requests(), uuid=uuid)
    content = operations.typeset_seal_sheet(request=found, at=request.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="seal-request.pdf"'
    return answer


def _wanted(form: SealRequestFilter) -> Any:
    return queries.filtered_seal_requests(text=form.text, state=form.value("state"))


# --- the steps -------------------------------------------------------------------------------------


@requires(rules.REISSUE)
@require_POST
@submissions.once
def ask_for_reissue(request: Request, uuid: UUID) -> HttpResponse:
    """Ask for the department's seal on its own document."""
    task = cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind="approvals")
    asked = operations.ask_for_reissue_seal(task=task, by=request.actor, at=request.at)
    messages.success(
        request, _("The request %(number)s to use the seal was raised.") % {"number": asked.case.reference}
    )
    return redirect("inbox:case", uuid=asked.case.uuid)


@requires(rules.SIGN, rules.REVIEW, rules.REISSUE)
@require_POST
@submissions.once
def decide(request: Request, uuid: UUID) -> HttpResponse:
    """Approve or refuse the use of the seal."""
    task, form = _task(request, uuid), DecideForm(request.POST)
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    operations.decide_seal_use(
        task=task,
        outcome=form.cleaned_data["outcome"],
        text=form.cleaned_data["text"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("Your decision was recorded."))
    return redirect("inbox:case", uuid=task.case.uuid)


@requires(seals.APPLY)
@require_POST
@submissions.once
def apply(request: Request, uuid: UUID) -> HttpResponse:
    """Apply the seal that was approved."""
    task = _task(request, uuid)
    code = typed_text(request.POST, "totp_code", most=20)
    done = operations.apply_requested_by_code(task=task, code=code, by=request.actor, at=request.at)
    if isinstance(done, CodeCheck):
        refused = _("The seal was not applied.")
        messages.error(request, f"{refused} {accounts.code_sentence(done)}")
    else:
        messages.success(request, _("Sealed: %(number)s.") % {"number": done.document.number_text})
    return redirect("inbox:case", uuid=task.case.uuid)


def _task(request: Request, uuid: UUID) -> Task:
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind=operations.SEAL_USE_KIND)


# --- the case page ---------------------------------------------------------------------------------


def request_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """What the request says, and how it stands."""
    found = queries.seal_request_of(case_id)
    if found is None:
        return None
    seal = Seal.objects.filter(code=found.seal_code).first()
    facts = [
        Fact(_("Document"), found.document.title),
        Fact(_("Document number"), found.document.number_text),
        Fact(_("Seal"), local(seal, "name") if seal else found.seal_code),
        Fact(_("Purpose"), found.purpose, wide=True),
        Fact(_("Raised by"), local(found.raised_by, "name")),
        Fact(_("Raised"), found.raised_at),
    ]
    if found.decided_by is not None:
        facts += [
            Fact(_("Decided by"), local(found.decided_by, "name")),
            Fact(_("Opinion"), found.opinion or "—"),
        ]
    if found.sealed_by is not None:
        facts += [Fact(_("Sealed by"), local(found.sealed_by, "name")), Fact(_("Sealed at"), found.sealed_at)]
    return {
        "seal_request": found,
        "facts": facts,
        "light": request_light(found),
        "may_print": rules.SEE_SEAL_USE in request.actor.permissions,
    }


def approve_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Agree or not."""
    return {"form": DecideForm()}


def apply_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Apply the seal with a code of this moment."""
    return {"demo": settings.DEMO}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    for name, context in (("seal_approve", approve_panel), ("seal_apply", apply_panel)):
        inbox.task_panels.register(
            inbox.TaskPanel(f"approvals.{name}", f"approvals/panels/{name}.html", context)
        )
    kind = operations.SEAL_USE_KIND
    inbox.case_kinds.register(inbox.CaseKind(kind, gettext_lazy("Use of seals"), order=12))
    case_tabs.register(
        CaseTab(
            key="seal-use",
            label=gettext_lazy("Request to use the seal"),
            template="approvals/panels/seal_request.html",
            context=request_of_case,
            kinds=(kind,),
        )
    )
