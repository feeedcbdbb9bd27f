"""Submitting, supplying corrections, withdrawing: the applicant's acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import insert_rows
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ApplicationSubmitted
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.operations.drafts import NotYours, lock_editable
from jingkai.modules.approvals.operations.mandates import share_with_agents
from jingkai.modules.approvals.operations.single import check_single
from jingkai.modules.approvals.operations.telling import tell_enterprise, tell_with_agents
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.files.data import AttachmentLine
from jingkai.records.numbering import api as numbering
from jingkai.ui.words import listed

ACCEPTANCE = "acceptance"
"""The clock of acceptance, under this key in every drawing."""


class Incomplete(PersonFacingError):
    """Facts or required materials are missing; the sentence names them."""

    sentence = _("The application is not complete yet: %(missing)s.")
    advice = _("Everything that you entered is kept. Add what is missing and submit again.")
    status = 422


class FaultsOpen(PersonFacingError):
    """A material named in the correction notice was not replaced."""

    sentence = _("The notice also names: %(missing)s. Upload a new file for each before you send.")
    status = 422


@transaction.atomic
@audit.together()
def submit_application(*, application: Application, by: Actor, at: datetime) -> Application:
    """Hand the application in: it gets a receipt number, a case and the five-day acceptance clock.

    行政许可法 32: five working days from receipt, the day of receipt not counted.
    Errors: NotYours, NotOffered, GuideChanged, Incomplete, CalendarYearMissing.
    """
    locked = lock_editable(application, by=by)
    if locked.state != Application.State.DRAFT:
        raise NotYours
    enterprises.require_right(by, locked.enterprise_id, "sign")
    check_single(locked, on=timezone.localdate(at))
    given = queries.list_given(application=locked)
    missing = queries.list_missing(application=locked, given=given)
    if missing:
        raise Incomplete(missing=listed(missing))
    started = _start_acceptance(by=by, at=at)
    number = numbering.next_number(series="approvals.matter", at=at, by=by)
    locked.case = cases.start_case(
        flow_key=locked.package.flow_key,
        kind="approvals",
        title=f"{locked.project_name} · {locked.package.name}",
        title_en=f"{locked.project_name} · {locked.package.name_en}",
        applicant=locked.enterprise,
        starter=locked.handler_id,
        reference=number.text,
        variables={},
        clocks={ACCEPTANCE: started},
        by=by,
        at=at,
    )
    agents = share_with_agents(locked, by=by, at=at)
    locked.submitted_at = at
    _note_submission(locked, started, given, sequence=1, by=by, at=at)
    received = {"day": timezone.localdate(at)}
    tell_with_agents(locked, agents, kind="application_received", at=at, facts=received)
    return locked


@transaction.atomic
@audit.together()
def supply_correction(*, application: Application, by: Actor, at: datetime) -> Application:
    """Hand in the corrections: a new submission with a new acceptance clock.

    Errors: NotYours, FaultsOpen, CalendarYearMissing.
    """
    locked = lock_editable(application, by=by)
    if locked.state != Application.State.CORRECTING or locked.case_id is None:
        raise NotYours
    enterprises.require_right(by, locked.enterprise_id, "sign")
    if locked.typed is not None:
        raise Incomplete(missing=_("facts of the project"))
    correction = locked.correction
    given = queries.list_given(application=locked)
    faults = queries.list_open_faults(application=locked, given=given)
    missing = [*faults, *queries.list_missing(application=locked, given=given)]
    if missing:
        raise FaultsOpen(missing=listed(dict.fromkeys(missing)))
    correction.answered_at = at
    correction.save(update_fields=("answered_at",))
    task = Task.objects.select_related("case").get(
        case_id=locked.case_id, node_id="supplement", state=Task.State.OPEN
    )
    cases.complete_task(task=task, outcome="supplied", opinion="", by=by, at=at)
    started = _start_acceptance(by=by, at=at)
    cases.attach_clock(case=task.case, key=ACCEPTANCE, clock=started, branch="", by=by, at=at)
    _note_submission(locked, started, given, sequence=2, by=by, at=at)
    tell_enterprise(locked, kind="application_received", at=at, day=timezone.localdate(at))
    return locked


@transaction.atomic
def withdraw_application(*, application: Application, reason: str, by: Actor, at: datetime) -> None:
    """Take the application back before the decision; the case ends, clocks stop, the trail stays."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("case").get(pk=application.pk)
    open_states = (Application.State.SUBMITTED, Application.State.CORRECTING, Application.State.ACCEPTED)
    if not rules.may_read_application(by, locked) or locked.state not in open_states or not locked.case:
        raise NotYours
    enterprises.require_right(by, locked.enterprise_id, "sign")
    for running in queries.list_running_clocks(application=locked):
        clock.stop_clock(clock=running, outcome="withdrawn", by=by, at=at)
    locked.submissions.filter(outcome=Submission.Outcome.WAITING).update(outcome=Submission.Outcome.WITHDRAWN)
    cases.withdraw_case(case=locked.case, reason=reason, by=by, at=at)
    _move(locked, Application.State.WITHDRAWN, at)


def _start_acceptance(*, by: Actor, at: datetime) -> Clock:
    on = timezone.localdate(at)
    limit = clock.get_limit("permit_acceptance", on=on)
    return clock.start_clock(limit=limit, on=on, label="受理", label_en="Acceptance", by=by, at=at)


def _note_submission(
    application: Application,
    started: Clock,
    given: Sequence[AttachmentLine],
    *,
    sequence: int,
    by: Actor,
    at: datetime,
) -> None:
    """Keep what was handed in; the trail names the files that were looked at."""
    assert application.case is not None
    submission = Submission(
        application=application,
        sequence=sequence,
        submitted_at=at,
        submitted_by_id=rules.person_of(by),
        clock=started,
    )
    insert_rows([submission])
    _move(application, Application.State.SUBMITTED, at)
    audit.record(
        application.case,
        action="application.submitted",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={
            "application": application.pk,
            "sequence": sequence,
            "files": [one.sha256 for one in given],
        },
    )
    events.publish(ApplicationSubmitted(application_id=application.pk, sequence=sequence))


def _move(application: Application, state: str, at: datetime) -> None:
    application.state = state
    application.updated_at = at
    application.version += 1
    application.save(update_fields=("state", "updated_at", "version", "submitted_at", "case"))
