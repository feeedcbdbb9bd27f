"""What is told back to the 12345 line: how it goes on, and the answer, which ends the case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.exchange import api as exchange
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.hotline.data import ANSWER, PROGRESS
from jingkai.modules.hotline.models import WorkOrder


class WordsMissing(PersonFacingError):
    """The line and the caller need words."""

    sentence = _("Write what the caller is to be told.")
    status = 422


@transaction.atomic
def tell_progress(*, task: Task, text: str, by: Actor, at: datetime) -> WorkOrder:
    """Tell the line how it goes on; the case stays open. Errors: WordsMissing, those of `check_holder`."""
    found = _locked(task, text, by)
    found.told += 1
    found.save(update_fields=["told"])
    _send(found, PROGRESS, f"{found.number}:{found.told}", text, by, at)
    audit.record(task.case, action="work_order.progress_told", by=by, at=at, facts={"round": found.told})
    return found


@transaction.atomic
def answer_order(*, task: Task, text: str, by: Actor, at: datetime) -> WorkOrder:
    """Answer the work order; the case ends and the answer goes out. Errors: as above."""
    found = _locked(task, text, by)
    found.answer, found.answered_by_id, found.answered_at = text.strip(), by.party_id, at
    found.save()
    for link in cases.list_clocks(found.case_id):
        if link.clock.state != clock.State.STOPPED.value:
            clock.stop_clock(clock=link.clock, outcome="answered", by=by, at=at)
    _send(found, ANSWER, found.number, text, by, at)
    audit.record(task.case, action="work_order.answered", by=by, at=at)
    cases.complete_task(task=task, outcome="answered", opinion=text.strip()[:4000], by=by, at=at)
    return found


def _locked(task: Task, text: str, by: Actor) -> WorkOrder:
    rows = WorkOrder.objects.select_for_update(of=("self",)).select_related("case")
    found = rows.get(case_id=task.case_id)
    cases.check_holder(task=task, by=by)
    if not text.strip():
        raise WordsMissing
    return found


def _send(found: WorkOrder, kind: str, key: str, text: str, by: Actor, at: datetime) -> None:
    payload = {"orderNumber": found.number, "unit": by.name, "text": text.strip(), "at": at.isoformat()}
    outgoing = exchange.Outgoing(
        kind=kind,
        key=key[:120],
        subject=f"{found.number} {found.title}",
        payload=payload,
        subject_url=f"/cases/{found.case.uuid}/",
    )
    exchange.send_out(outgoing=outgoing, at=at)
