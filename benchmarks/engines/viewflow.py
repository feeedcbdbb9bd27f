"""django-viewflow: the same approval as a flow class, user tasks owned by a person."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS


def _outcome(wanted: str) -> Any:
    return lambda activation: (activation.process.data or {}).get("outcome") == wanted


class Approval(flow.Flow):  # type: ignore[misc]
    """The approval in viewflow's own words."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle().Next(this.accept)
    accept = flow.View(lambda _request: None).Next(this.accepted)
    accepted = flow.If(_outcome("correct")).Then(this.supplement).Else(this.fork)
    supplement = flow.View(lambda _request: None).Next(this.accept)
    fork = flow.Split().Next(this.fire).Next(this.airdefence).Next(this.quality)
    fire = flow.View(lambda _request: None).Next(this.join)
    airdefence = flow.View(lambda _request: None).Next(this.join)
    quality = flow.View(lambda _request: None).Next(this.join)
    join = flow.Join().Next(this.summarise)
    summarise = flow.View(lambda _request: None).Next(this.sign)
    sign = flow.View(lambda _request: None).Next(this.signed)
    signed = flow.If(_outcome("sign")).Then(this.seal).Else(this.summarise)
    seal = flow.View(lambda _request: None).Next(this.end)
    end = flow.End()


class Viewflow:
    """A case of viewflow: its task rows are the inbox."""

    name = "django-viewflow"

    def __init__(self, user: Any) -> None:
        self.user = user

    def start(self) -> int:
        with transaction.atomic():
            process = Approval.start.run()
        return int(process.pk)

    def find(self, case: int, node: str) -> Task:
        return Task.objects.get(process_id=case, flow_task=getattr(Approval, node), status=STATUS.NEW)

    def step(self, task: Task, outcome: str) -> None:
        with Approval.lock(task.process_id):
            task.refresh_from_db()
            activation = task.flow_task.activation_class(task)
            activation.process.data = {**(activation.process.data or {}), "outcome": outcome}
            activation.process.save()
            activation.assign(self.user)
            activation.start(None)
            activation.execute()

    def is_closed(self, case: int) -> bool:
        return bool(Process.objects.get(pk=case).status == PROCESS.DONE)
