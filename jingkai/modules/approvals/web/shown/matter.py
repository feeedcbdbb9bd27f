"""One matter on the enterprise's page: its journey, what to do now, its papers and result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.queries import MatterFile
from jingkai.modules.approvals.web.forms import AnswerForm
from jingkai.modules.approvals.web.shown.application import (
    fact_groups,
    facts_title,
    material_cards,
    state_light,
)
from jingkai.modules.approvals.web.shown.journey import clock_bars, journey_steps
from jingkai.modules.approvals.web.shown.package import package_part
from jingkai.ui.data import FileLink

WITHDRAWABLE = (Application.State.SUBMITTED, Application.State.CORRECTING, Application.State.ACCEPTED)


def matter_page(matter: MatterFile, *, at: datetime) -> dict[str, Any]:
    """Everything that the enterprise sees of one matter."""
    application = matter.application
    correcting = application.state == Application.State.CORRECTING
    return {
        "application": application,
        "reference": application.case.reference if application.case else "",
        "package_name": local(application.package, "name"),
        "light": state_light(application),
        "journey": journey_steps(matter),
        "bars": clock_bars(matter, at=at),
        "lacks_power": lacks_power(matter, at=at),
        "running": matter.counted_clocks,
        "calendar": matter.calendar,
        "at": at,
        "facts": fact_groups(application),
        "facts_title": facts_title(application),
        "materials": material_cards(application, matter.materials, editable=correcting),
        "correcting": correcting,
        "correction": matter.correction,
        "faults": matter.faults,
        "questions": matter.questions,
        "answer_form": AnswerForm(),
        "papers": paper_links(matter),
        "decision": matter.decision,
        "permit": matter.permit,
        **_rating_part(matter),
        "mandates": matter.mandates,
        "may_withdraw": application.state in WITHDRAWABLE,
        **package_part(matter, at=at),
    }


def lacks_power(matter: MatterFile, *, at: datetime) -> bool:
    """Whether the matter waits for a decision that nobody may sign today."""
    if matter.application.state != Application.State.ACCEPTED or not matter.powers:
        return False
    today = timezone.localdate(at)
    return not any(rules.is_in_force(power, on=today) for power in matter.powers)


def _rating_part(matter: MatterFile) -> dict[str, Any]:
    """What was rated, or where to rate: one way for every matter, with whoever keeps ratings."""
    pages = next(iter(queries.rating_pages.all()), None)
    may = matter.application.state in (Application.State.DECIDED, Application.State.REFUSED)
    return {
        "rating": matter.rating,
        "may_rate": may and (pages is not None or matter.rating is not None),
        "rate_url": reverse(pages.give, args=[matter.application.uuid]) if pages else "",
        "ratings_url": reverse(pages.own) if pages else "",
    }


def paper_links(matter: MatterFile) -> list[FileLink]:
    """The papers issued in the matter, oldest first."""
    return [
        FileLink(
            name=f"{paper.title} {paper.number}",
            url=paper.url,
            size=paper.size,
            note="" if paper.state == "valid" else _("no longer valid"),
        )
        for paper in matter.papers
    ]
