"""What the designer does when a matter that staff started has ended, or is taken up again."""

from __future__ import annotations

from django.utils import timezone

from jingkai.casework.cases.events import CaseClosed, CaseResubmitted, CaseVoided, CaseWithdrawn
from jingkai.casework.cases.models import Case
from jingkai.casework.designer import operations
from jingkai.kernel.permissions.data import SYSTEM


def on_case_ended(event: CaseClosed | CaseWithdrawn | CaseVoided) -> None:
    """Stop the limit of the whole matter."""
    case = _office_matter(event.case_id)
    if case is not None:
        operations.end_limit(case=case, at=timezone.now())


def on_case_resubmitted(event: CaseResubmitted) -> None:
    """Let the limit run again from the day on which the matter was taken up."""
    case = _office_matter(event.case_id)
    if case is not None and case.state == Case.State.OPEN:
        operations.start_limit(case=case, by=SYSTEM, at=timezone.now())


def _office_matter(case_id: int) -> Case | None:
    rows = Case.objects.select_related("flow_version")
    return rows.filter(pk=case_id, kind=operations.KIND).first()
