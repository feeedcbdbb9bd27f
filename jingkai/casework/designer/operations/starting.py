"""Starting a matter, by whoever may."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case
from jingkai.casework.designer import queries
from jingkai.casework.designer.operations.limits import start_limit
from jingkai.casework.forms import api as forms
from jingkai.casework.forms.data import Value
from jingkai.casework.forms.models import Sheet
from jingkai.kernel.permissions.data import Actor

KIND = "office"
"""The kind of the cases that staff start here."""


@transaction.atomic
def start_matter(
    *, key: str, sheet: Sheet, answers: dict[str, Value], outcome: str, opinion: str, by: Actor, at: datetime
) -> Case:
    """Start a matter with its first form filled. Errors: MayNotStart, AnswersRefused."""
    design = queries.get_startable(key, by)
    if design.published is None:
        raise queries.MayNotStart
    case = forms.start_with_form(
        flow=design.published,
        kind=KIND,
        name=design.name,
        name_en=design.name_en,
        sheet=sheet,
        answers=answers,
        outcome=outcome,
        opinion=opinion,
        by=by,
        at=at,
    )
    if case.state == Case.State.OPEN:
        start_limit(case=case, by=by, at=at)
    return case


@transaction.atomic
def start_plain(*, key: str, title: str, by: Actor, at: datetime) -> Case:
    """Start a matter whose flow begins without a form. Errors: MayNotStart."""
    design = queries.get_startable(key, by)
    case = cases.start_case(flow_key=key, version=design.published, kind=KIND, title=title, by=by, at=at)
    start_limit(case=case, by=by, at=at)
    return case
