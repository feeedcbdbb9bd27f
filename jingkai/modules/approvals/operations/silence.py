"""Deemed acceptance: nobody answered in five working days, so the application is accepted (行政许可法 32).

「逾期不告知的，自收到申请材料之日起即为受理」: the decision limits count from the day of receipt, not from
the day on which the silence was noticed.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.operations.acceptance import accept_by_law
from jingkai.modules.approvals.operations.beginning import begin_items

PATH = "jingkai.modules.approvals.operations.silence.deem_accepted"
LIMITS = ("permit_acceptance",)
OPINION = "逾期未告知，依照《中华人民共和国行政许可法》第三十二条，自收到申请材料之日起即为受理。"


def deem_accepted(*, clock_id: int, by: Actor, at: datetime) -> bool:
    """Accept, as the law does, the application whose acceptance clock ended unanswered; in the caller's
    transaction.

    False when the clock belongs to no waiting submission: somebody answered, or it is not of this module.
    """
    waiting = Submission.objects.filter(clock_id=clock_id, outcome=Submission.Outcome.WAITING)
    submission = waiting.select_related("application").first()
    case_id = submission.application.case_id if submission else None
    if submission is None or case_id is None:
        return False
    application = queries.lock_by_case(case_id=case_id)
    if application.state != Application.State.SUBMITTED or not waiting.exists():
        return False
    task = Task.objects.get(case_id=case_id, node_id="accept", state=Task.State.OPEN)
    received = timezone.localdate(submission.submitted_at)
    accept_by_law(application, received_on=received, received_at=submission.submitted_at, by=by, at=at)
    cases.complete_task(task=task, outcome="accept", opinion=OPINION, by=by, at=at)
    begin_items(application, on=received, by=by, at=at)
    return True
