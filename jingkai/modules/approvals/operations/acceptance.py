"""The window's acts: accept, ask once for corrections, refuse (行政许可法 32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.approvals.events import ApplicationAccepted, ItemStarted
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Correction,
    CorrectionFault,
    Submission,
)
from jingkai.modules.approvals.operations.beginning import begin_items
from jingkai.modules.approvals.operations.network import open_runs
from jingkai.modules.approvals.operations.papers import issue_paper
from jingkai.modules.approvals.operations.projecting import as_of
from jingkai.modules.approvals.operations.steps import check_step
from jingkai.modules.approvals.operations.telling import tell_enterprise


class CorrectionAlreadyAsked(PersonFacingError):
    """The law allows one correction notice: 行政许可法 32 (四) says 一次告知."""

    sentence = _("The applicant was already told once what to correct; the law allows no second notice.")
    advice = _("Accept the application, or refuse it with the reason in writing.")


class NoFaultNamed(PersonFacingError):
    """A correction notice must say what is wrong."""

    sentence = _("Choose at least one material and write what is wrong with it.")
    status = 422


class AlreadyAccepted(PersonFacingError):
    """The matter came back to the window after its acceptance; that is not undone there."""

    sentence = _("This application was already accepted, so it can be neither corrected nor refused.")
    advice = _("Accept it to send it on to the departments; nothing is issued twice.")


@transaction.atomic
def accept_application(*, task: Task, by: Actor, at: datetime) -> Application:
    """Accept: the acceptance clock ends, the notice is issued, each department's decision clock starts.

    行政许可法 32, 42, 82: the decision limit counts from acceptance, that day not included, in working days.
    Errors: what cases.complete_task raises, CalendarYearMissing.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="accept")
    if application.accepted_at is not None:  # it was sent back to the window; its notice and clocks stand
        cases.complete_task(task=task, outcome="accept", opinion="", by=by, at=at)
        return application
    end_submission(application, outcome=Submission.Outcome.ACCEPTED, by=by, at=at)
    _open_items(application, on=timezone.localdate(at), by=by, at=at)
    application.acceptance_notice = issue_paper(application, paper="acceptance", extra={}, by=by, at=at)
    application.accepted_at = at
    _move(application, Application.State.ACCEPTED, at)
    cases.complete_task(task=task, outcome="accept", opinion="", by=by, at=at)
    begin_items(application, on=timezone.localdate(at), by=by, at=at)
    _record(
        application, "application.accepted", by=by, at=at, notice=application.acceptance_notice.number_text
    )
    events.publish(ApplicationAccepted(application_id=application.pk))
    tell_enterprise(application, kind="accepted", at=at, due=queries.promised_day(application))
    return application


@transaction.atomic
def request_correction(*, task: Task, faults: Sequence[FaultLine], by: Actor, at: datetime) -> Correction:
    """Tell the applicant, once, all that must be corrected; the acceptance clock of this submission ends.

    行政许可法 32 (四): at once or within five working days, everything in one notice.
    Errors: NoFaultNamed, CorrectionAlreadyAsked.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="accept")
    named = queries.named_faults(application=application, faults=faults)
    if not named:
        raise NoFaultNamed
    if Correction.objects.filter(application=application).exists():
        raise CorrectionAlreadyAsked
    submission = end_submission(application, outcome=Submission.Outcome.CORRECTION, by=by, at=at)
    lines = queries.fault_lines(application=application, faults=named)
    document = issue_paper(application, paper="correction", extra={"faults": lines}, by=by, at=at)
    correction = Correction.objects.create(
        application=application,
        submission=submission,
        document=document,
        issued_by_id=rules.person_of(by),
        issued_at=at,
    )
    CorrectionFault.objects.bulk_create(
        CorrectionFault(correction=correction, material_id=fault.material_id, text=fault.text.strip())
        for fault in named
    )
    _move(application, Application.State.CORRECTING, at)
    cases.complete_task(task=task, outcome="correct", opinion="", by=by, at=at)
    _record(application, "application.correction_asked", by=by, at=at, notice=document.number_text)
    tell_enterprise(
        application, kind="correction_needed", at=at, materials="、".join(name for name, _text in lines)
    )
    return correction


@transaction.atomic
def refuse_application(*, task: Task, reason: str, by: Actor, at: datetime) -> Application:
    """Refuse to accept, in writing and with the reason (行政许可法 32, 38)."""
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="accept")
    end_submission(application, outcome=Submission.Outcome.REFUSED, by=by, at=at)
    document = issue_paper(application, paper="refusal", extra={"reason": reason}, by=by, at=at)
    application.decided_at = at
    _move(application, Application.State.REFUSED, at)
    cases.complete_task(task=task, outcome="refuse", opinion=reason, by=by, at=at)
    _record(application, "application.refused", by=by, at=at, notice=document.number_text)
    tell_enterprise(application, kind="application_refused", at=at)
    return application


def end_submission(application: Application, *, outcome: str, by: Actor, at: datetime) -> Submission:
    """End the waiting submission and its acceptance clock."""
    waiting = application.submissions.select_related("clock").filter(outcome=Submission.Outcome.WAITING)
    submission = waiting.first()
    if submission is None:
        raise AlreadyAccepted
    clock.stop_clock(clock=submission.clock, outcome=outcome, by=by, at=at)
    submission.outcome = outcome
    submission.save(update_fields=("outcome",))
    return submission


def accept_by_law(
    application: Application, *, received_on: date, received_at: datetime, by: Actor, at: datetime
) -> None:
    """Write down that silence has accepted a locked application on the day of its receipt (行政许可法 32).

    The acceptance clock ends late, the decision clocks begin on the day of receipt, the notice says why.
    """
    end_submission(application, outcome=Submission.Outcome.ACCEPTED, by=by, at=at)
    _open_items(application, on=received_on, by=by, at=at)
    extra = {"deemed_on": received_on}
    application.acceptance_notice = issue_paper(application, paper="acceptance", extra=extra, by=by, at=at)
    application.accepted_at = received_at
    _move(application, Application.State.ACCEPTED, at)
    notice = application.acceptance_notice.number_text
    _record(application, "application.deemed_accepted", by=by, at=at, notice=notice)
    events.publish(ApplicationAccepted(application_id=application.pk))
    tell_enterprise(application, kind="accepted", at=at, due=queries.promised_day(application))


def _open_items(application: Application, *, on: date, by: Actor, at: datetime) -> None:
    assert application.case is not None
    if open_runs(application):
        return  # its items begin one by one, once the case has come so far
    places = list(application.package.places.select_related("item__unit"))
    begun = timezone.localdate(application.submitted_at) if application.submitted_at else on
    versions = queries.version_on([place.item_id for place in places], on=begun)
    codes = dict(Unit.objects.filter(pk__in=[p.item.unit_id for p in places]).values_list("pk", "code"))
    for place in places:
        version = versions.get(place.item_id)
        told = as_of(place.item, version)
        started = clock.start_clock(
            limit=queries.limit_of_item(told, on=on, unit=codes.get(place.item.unit_id, "")),
            on=on,
            label=told.name,
            label_en=told.name_en,
            by=by,
            at=at,
        )
        cases.attach_clock(
            case=application.case, key=place.branch, clock=started, branch=place.branch, by=by, at=at
        )
        item = ApplicationItem.objects.create(
            application=application,
            item=place.item,
            item_version=version,
            branch=place.branch,
            unit=place.item.unit,
            clock=started,
            decides=place.decides,
            order=place.order,
        )
        events.publish(ItemStarted(application_id=application.pk, item_id=item.pk))


def _record(application: Application, action: str, *, by: Actor, at: datetime, notice: str) -> None:
    assert application.case is not None
    audit.record(
        application.case,
        action=action,
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={"application": application.pk, "document": notice},
    )


def _move(application: Application, state: str, at: datetime) -> None:
    application.state = state
    application.updated_at = at
    application.version += 1
    application.save()
