"""The officers' acts on a task. Each is one form, one operation, and back to the case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.approvals.web import forms


class Unfinished(PersonFacingError):
    """A form came without what it needs; the sentence is the field's own."""

    status = 422


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def accept(request: Request, uuid: UUID) -> HttpResponse:
    """Accept the application; three departments start at once."""
    task = _task(request, uuid)
    application = operations.accept_application(task=task, by=request.actor, at=request.at)
    notice = application.acceptance_notice
    messages.success(
        request,
        _("Accepted. Notice %(number)s was issued and the departments have begun.")
        % {"number": notice.number_text if notice else ""},
    )
    return _back(task)


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def correct(request: Request, uuid: UUID) -> HttpResponse:
    """Issue the once-only correction notice with a line for each wrong material."""
    task = _task(request, uuid)
    faults = [
        FaultLine(material_id=int(chosen), text=forms.typed_text(request.POST, f"fault_{chosen}", most=1000))
        for chosen in request.POST.getlist("material")
        if chosen.isdecimal() and len(chosen) < 19
    ]
    correction = operations.request_correction(task=task, faults=faults, by=request.actor, at=request.at)
    messages.success(
        request,
        _("Correction notice %(number)s was issued; the applicant was told.")
        % {"number": correction.document.number_text},
    )
    return _back(task)


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def refuse(request: Request, uuid: UUID) -> HttpResponse:
    """Refuse to accept, with the reason in writing."""
    task, form = _task(request, uuid), _valid(forms.RefusalForm(request.POST))
    operations.refuse_application(
        task=task, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
    )
    messages.success(request, _("The application was not accepted; the applicant was told why."))
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def ask(request: Request, uuid: UUID) -> HttpResponse:
    """Ask the applicant; the clock keeps running."""
    task, form = _task(request, uuid), _valid(forms.QuestionForm(request.POST))
    operations.ask_applicant(task=task, text=form.cleaned_data["text"], by=request.actor, at=request.at)
    messages.success(request, _("The applicant was asked. The clock keeps running."))
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def suspend(request: Request, uuid: UUID) -> HttpResponse:
    """Begin an expert review; the clock stands still from today."""
    task, form = _task(request, uuid), _valid(forms.ExpertReviewForm(request.POST))
    operations.start_expert_review(
        task=task, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
    )
    messages.success(
        request, _("The expert review has begun; the clock stands still and the applicant was told.")
    )
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def resume(request: Request, uuid: UUID) -> HttpResponse:
    """End the expert review; the clock runs again and says its new due date."""
    task, form = _task(request, uuid), _valid(forms.ConclusionForm(request.POST))
    review = operations.end_expert_review(
        task=task, conclusion=form.cleaned_data["conclusion"], by=request.actor, at=request.at
    )
    messages.success(
        request,
        _("The clock runs again. %(days)d working days were excluded.") % {"days": review.excluded_days},
    )
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def opinion(request: Request, uuid: UUID) -> HttpResponse:
    """Conclude this department's review."""
    task, form = _task(request, uuid), _valid(forms.OpinionForm(request.POST))
    operations.give_opinion(
        task=task,
        outcome=form.cleaned_data["outcome"],
        text=form.cleaned_data["text"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("Your opinion was recorded."))
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def summarise(request: Request, uuid: UUID) -> HttpResponse:
    """Write the joint conclusion and send it to be signed."""
    task, form = _task(request, uuid), _valid(forms.OpinionForm(request.POST))
    operations.summarise(
        task=task,
        outcome=form.cleaned_data["outcome"],
        text=form.cleaned_data["text"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The joint conclusion went to the leader for signature."))
    return _back(task)


@requires(rules.SIGN)
@require_POST
@submissions.once
def sign(request: Request, uuid: UUID) -> HttpResponse:
    """Sign the decision under the power in force."""
    task = _task(request, uuid)
    operations.sign_decision(
        task=task, text=forms.typed_text(request.POST, "text", most=2000), by=request.actor, at=request.at
    )
    messages.success(request, _("Signed. The custodian can now apply the seal."))
    return redirect("inbox:desk")


@requires(rules.SIGN)
@require_POST
@submissions.once
def give_back(request: Request, uuid: UUID) -> HttpResponse:
    """Give the draft back with what should change."""
    task, form = _task(request, uuid), _valid(forms.OpinionForm({**request.POST.dict(), "outcome": "return"}))
    operations.return_to_summary(task=task, text=form.cleaned_data["text"], by=request.actor, at=request.at)
    messages.success(request, _("Returned to the department with your words."))
    return redirect("inbox:desk")


@requires(rules.SEAL)
@require_POST
@submissions.once
def seal(request: Request, uuid: UUID) -> HttpResponse:
    """Apply the seal by a code of this moment: the result is numbered, typeset, sealed and told.

    A refused code leads back to the case as well: its count must not be rolled back.
    """
    task = _task(request, uuid)
    code = forms.typed_text(request.POST, "totp_code", most=20)
    decision = operations.seal_by_code(task=task, code=code, by=request.actor, at=request.at)
    if isinstance(decision, CodeCheck):
        refused = _("The seal was not applied.")
        messages.error(request, f"{refused} {accounts.code_sentence(decision)}")
        return _back(task)
    messages.success(
        request,
        _("Sealed: %(number)s. The applicant was told.")
        % {"number": decision.document.number_text if decision.document else ""},
    )
    return _back(task)


def _task(request: Request, uuid: UUID) -> Task:
    """Give the task to whoever may finish it; everybody else is refused before the form is read."""
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind="approvals")


def _valid(form: Form) -> Form:
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    return form


def _back(task: Task) -> HttpResponse:
    return redirect("inbox:case", uuid=task.case.uuid)
