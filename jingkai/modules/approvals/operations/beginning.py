"""What begins with the acceptance of a package: the items whose turn it is, conditions already at hand."""

from __future__ import annotations

from datetime import date, datetime

from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.operations.conditions import OWNER, note_arrival
from jingkai.modules.approvals.operations.network import start_ready
from jingkai.records.files import api as files


def begin_items(application: Application, *, on: date, by: Actor, at: datetime) -> None:
    """Let the first items of an accepted package begin; a package without a network has none of its own.

    A condition's document that came with the application goes to the window for checking at once.
    """
    if not application.runs.exists():
        return
    start_ready(application, on=on, by=by, at=at)
    given = {one.slot for one in files.list_attachments((OWNER, application.pk))}
    for condition in application.conditions.select_related("condition__material"):
        condition.application = application
        if condition.condition.material.code in given:
            note_arrival(condition, by=by, at=at)
