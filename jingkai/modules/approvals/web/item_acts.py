"""Acts on single items of a package. Each is one form, one operation, and back to the case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import ConditionRun
from jingkai.modules.approvals.web import package_forms
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import OpinionForm, typed_text
from jingkai.records.files import api as files


@requires(rules.REVIEW)
@require_POST
@submissions.once
def hear(request: Request, uuid: UUID) -> HttpResponse:
    """Begin a hearing; the notice is issued and the clock stands still."""
    task, form = _task(request, uuid), _valid(package_forms.HearingForm(request.POST))
    hearing = operations.start_hearing(
        task=task, draft=operations.HearingDraft(**form.cleaned_data), by=request.actor, at=request.at
    )
    messages.success(
        request,
        _("Notice %(number)s was issued; the clock stands still until the hearing is over.")
        % {"number": hearing.notice.number_text},
    )
    return _back(task)


@requires(rules.REVIEW)
@require_POST
@submissions.once
def heard(request: Request, uuid: UUID) -> HttpResponse:
    """End a hearing; the clock runs again."""
    task, form = _task(request, uuid), _valid(package_forms.HearingEndForm(request.POST))
    hearing = operations.end_hearing(
        task=task, conclusion=form.cleaned_data["conclusion"], by=request.actor, at=request.at
    )
    messages.success(
        request,
        _("The clock runs again. %(days)d working days were excluded.") % {"days": hearing.excluded_days},
    )
    return _back(task)


@requires(rules.SIGN)
@require_POST
@submissions.once
def sign_item(request: Request, uuid: UUID) -> HttpResponse:
    """Sign the decision on one item; a simulated one is issued conditionally at once."""
    task = _task(request, uuid)
    text = typed_text(request.POST, "text", most=2000)
    operations.sign_item(task=task, text=text, by=request.actor, at=request.at)
    messages.success(request, _("Signed."))
    return redirect("inbox:desk")


@requires(rules.SIGN)
@require_POST
@submissions.once
def return_item(request: Request, uuid: UUID) -> HttpResponse:
    """Give one item back to its department with what should change."""
    task, form = _task(request, uuid), _valid(OpinionForm({**request.POST.dict(), "outcome": "return"}))
    operations.return_item(task=task, text=form.cleaned_data["text"], by=request.actor, at=request.at)
    messages.success(request, _("Returned to the department with your words."))
    return redirect("inbox:desk")


@requires(rules.SEAL)
@require_POST
@submissions.once
def seal_item(request: Request, uuid: UUID) -> HttpResponse:
    """Seal one item's result by a code of this moment; a refused code is kept and told."""
    task = _task(request, uuid)
    done = operations.seal_item_by_code(task=task, code=_code(request), by=request.actor, at=request.at)
    if isinstance(done, CodeCheck):
        return _refused(request, task, done)
    number = done.document.number_text if done.document else ""
    messages.success(request, _("Sealed: %(number)s. The applicant was told.") % {"number": number})
    return _back(task)


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def confirm_condition(request: Request, uuid: UUID) -> HttpResponse:
    """Find a condition's document right."""
    task, form = _task(request, uuid), _valid(package_forms.ConditionForm(request.POST))
    operations.confirm_condition(
        task=task, number=form.cleaned_data["number"], by=request.actor, at=request.at
    )
    messages.success(request, _("The condition is met. The custodian can now turn the results formal."))
    return _back(task)


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def refuse_condition(request: Request, uuid: UUID) -> HttpResponse:
    """Find a condition's document wrong; the applicant is told why."""
    task, form = _task(request, uuid), _valid(package_forms.WrongForm(request.POST))
    operations.refuse_condition(
        task=task, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
    )
    messages.success(request, _("The document was refused; the applicant was told why."))
    return _back(task)


@requires(rules.ACCEPT)
@require_POST
@submissions.once
def record_condition(request: Request, uuid: UUID) -> HttpResponse:
    """Record at the window the document for which conditional results wait."""
    condition = (
        ConditionRun.objects.select_related("application__case", "condition__material")
        .filter(uuid=uuid)
        .first()
    )
    case = condition.application.case if condition else None
    if condition is None or case is None or not cases.may_see(case.pk, grantees=request.actor.grantees):
        raise Http404
    given = request.FILES.get("file")
    if given is None:
        raise Unfinished(_("Choose the file of the document."))
    material = condition.condition.material
    upload = files.receive_uploaded(given, kinds=tuple(material.accepted))
    operations.supply_material(
        application=condition.application, material=material, upload=upload, by=request.actor, at=request.at
    )
    messages.success(request, _("The document was recorded and goes to be checked."))
    return redirect("inbox:case", uuid=case.uuid)


@requires(rules.SEAL)
@require_POST
@submissions.once
def turn_formal(request: Request, uuid: UUID) -> HttpResponse:
    """Turn all conditional results that waited formal, by a code of this moment."""
    task = _task(request, uuid)
    done = operations.turn_formal_by_code(task=task, code=_code(request), by=request.actor, at=request.at)
    if isinstance(done, CodeCheck):
        return _refused(request, task, done)
    count = len(done.done)
    words = ngettext("%(n)d result is formal now.", "%(n)d results are formal now.", count) % {"n": count}
    messages.success(request, words)
    for name, why in done.left:
        messages.warning(request, f"{name}: {why}")
    return _back(task)


@requires(rules.REISSUE)
@require_POST
@submissions.once
def reissue(request: Request, uuid: UUID) -> HttpResponse:
    """Reissue the zone's document as the department's own."""
    task = _task(request, uuid)
    done = operations.reissue_by_code(task=task, code=_code(request), by=request.actor, at=request.at)
    if isinstance(done, CodeCheck):
        return _refused(request, task, done)
    number = done.document.number_text if done.document else ""
    messages.success(request, _("Reissued: %(number)s. The applicant was told.") % {"number": number})
    return redirect("approvals:reissues")


def _task(request: Request, uuid: UUID) -> Task:
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind="approvals")


def _valid(form: Form) -> Form:
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    return form


def _code(request: Request) -> str:
    return typed_text(request.POST, "totp_code", most=20)


def _refused(request: Request, task: Task, check: CodeCheck) -> HttpResponse:
    refused = _("The seal was not applied.")
    messages.error(request, f"{refused} {accounts.code_sentence(check)}")
    return _back(task)


def _back(task: Task) -> HttpResponse:
    return redirect("inbox:case", uuid=task.case.uuid)
