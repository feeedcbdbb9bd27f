"""One matter on the enterprise's page: its journey, what to do now, its papers and result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import (
    Application,
    ConstructionPermit,
    Correction,
    Decision,
    Question,
    Rating,
)
from jingkai.modules.approvals.web.forms import AnswerForm, RatingForm
from jingkai.modules.approvals.web.shown.application import fact_groups, material_cards, state_light
from jingkai.modules.approvals.web.shown.journey import clock_bars, counted_clocks, journey_steps
from jingkai.records.documents import api as documents
from jingkai.ui.data import FileLink

WITHDRAWABLE = (Application.State.SUBMITTED, Application.State.CORRECTING, Application.State.ACCEPTED)


def matter_page(application: Application, *, at: datetime) -> dict[str, Any]:
    """Everything that the enterprise sees of one matter."""
    correcting = application.state == Application.State.CORRECTING
    decision = _decision(application)
    return {
        "application": application,
        "reference": application.case.reference if application.case else "",
        "package_name": local(application.package, "name"),
        "light": state_light(application),
        "journey": journey_steps(application),
        "bars": clock_bars(application, at=at),
        "running": counted_clocks(application),
        "at": at,
        "facts": fact_groups(application),
        "materials": material_cards(application, editable=correcting),
        "correcting": correcting,
        "correction": Correction.objects.filter(application=application)
        .select_related("document")
        .prefetch_related("faults__material")
        .first(),
        "open_faults": queries.list_open_faults(application=application) if correcting else [],
        "questions": list(
            Question.objects.filter(item__application=application).select_related("item__item", "item__unit")
        ),
        "answer_form": AnswerForm(),
        "papers": _papers(application),
        "decision": decision,
        "permit": ConstructionPermit.objects.filter(application=application)
        .select_related("attachment")
        .first(),
        "rating": Rating.objects.filter(application=application).first(),
        "may_rate": application.state in (Application.State.DECIDED, Application.State.REFUSED),
        "rating_form": RatingForm(),
        "may_withdraw": application.state in WITHDRAWABLE,
    }


def _decision(application: Application) -> Decision | None:
    return (
        Decision.objects.filter(item__application=application, document__isnull=False)
        .select_related("document", "power", "item__item", "signed_by")
        .first()
    )


def _papers(application: Application) -> list[FileLink]:
    if application.case_id is None:
        return []
    return [
        FileLink(
            name=f"{paper.title} {paper.number}",
            url=paper.url,
            size=paper.size,
            note="" if paper.state == "valid" else _("no longer valid"),
        )
        for paper in documents.list_documents(("application", application.pk), issued_only=True)
    ]
