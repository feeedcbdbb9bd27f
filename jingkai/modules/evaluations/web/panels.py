"""What evaluations hang into menus and into the case page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import case_tabs, local, menu
from jingkai.kernel.hooks.data import CaseTab, MenuEntry
from jingkai.kernel.pace.api import Pace, paces
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import RatingPages
from jingkai.modules.evaluations import queries, rules
from jingkai.modules.evaluations.operations import complaining, rectifying
from jingkai.modules.evaluations.web import forms, shown
from jingkai.modules.windows import api as windows
from jingkai.modules.windows.data import DeskLink, VisitOffer
from jingkai.records.files import api as files
from jingkai.records.files.data import OwnerKind
from jingkai.ui.data import FileLink

MENU = (
    MenuEntry(
        label=_("Ratings"),
        url_name="evaluations:register",
        icon="star",
        group=_("Services"),
        order=50,
        permission=rules.SEE,
    ),
    MenuEntry(
        label=_("How we are rated"),
        url_name="evaluations:figures",
        order=50,
        place="nav",
        kinds=("visitor", "enterprise", "staff"),
    ),
    MenuEntry(
        label=_("My ratings"),
        url_name="evaluations:own",
        order=8,
        place="nav",
        permission=rules.RATE,
        kinds=("enterprise",),
    ),
)
STREAMS = {
    "evaluations.evaluation": _("Rating"),
    "evaluations.invitation": _("Invitation to rate"),
}
"""What the trail calls the things kept here."""

ACTIONS = {
    "evaluation.invited": _("Invited to rate"),
    "evaluation.given": _("Rating given"),
    "evaluation.rectification_opened": _("Rectification of a bad rating opened"),
    "evaluation.measures_recorded": _("Measures recorded"),
    "evaluation.return_visit": _("Rater asked again"),
    "evaluation.appealed": _("Appeal against a rating"),
    "evaluation.rechecked": _("Rating re-checked"),
    "evaluation.complained": _("Complaint from a rating"),
    "evaluation.complaint_answered": _("Complaint answered"),
    "evaluation.comment_reviewed": _("Comment reviewed for publication"),
    "evaluations.list_exported": _("List taken as a spreadsheet"),
}


def rating_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """The rating, the measures with their evidence, and the return visits."""
    found = queries.of_case(case_id)
    if found is None:
        return None
    reasons = {one.code: local(one, "name") for one in rules.reasons_on(timezone.localdate(request.at))}
    rectification = getattr(found, "rectification", None)
    complaint = getattr(found, "complaint", None)
    return {
        "evaluation": found,
        "facts": shown.rating_facts(found, reasons=reasons),
        "rectification_facts": shown.rectification_facts(rectification) if rectification else [],
        "evidence": _evidence(rectification.pk) if rectification else [],
        "visits": found.visits.all(),
        "complaint": complaint if complaint and complaint.case_id == case_id else None,
    }


def link_of_visit(ticket: str) -> str:
    """Where a visit is rated, for as long as it can be; empty otherwise."""
    found = queries.open_invitation(ticket=ticket, at=timezone.now())
    return reverse("evaluations:rate", args=[rules.code_of(found.pk)]) if found else ""


def _evidence(number: int) -> list[FileLink]:
    found = files.list_attachments((rectifying.EVIDENCE, number))
    return [FileLink(name=line.name, url=line.url, size=line.size) for line in found]


def _panel(form: type[Any]) -> Any:
    def context(request: Any, task: Task) -> Mapping[str, Any]:
        return {"form": form()}

    return context


PACE = Pace(
    code="rating",
    label=_("Rate a service or complain by a link"),
    most=20,
    minutes=10,
    pages=("evaluations:rate", "evaluations:complain"),
)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    paces.register(PACE)
    for entry in MENU:
        menu.register(entry)
    describe_actions(ACTIONS)
    for kind, label in STREAMS.items():
        describe_stream(kind, label)
    approvals.rating_pages.register(RatingPages("evaluations:rate_own", "evaluations:own"))
    windows.desk_links.register(
        DeskLink(_("Rating screen"), "evaluations:window_screen", "star", rules.INVITE)
    )
    windows.visit_offers.register(VisitOffer(_("Rate this visit"), link_of_visit))
    for name, form in (
        ("handle", forms.MeasuresForm),
        ("visit", forms.VisitForm),
        ("answer", forms.ReplyForm),
    ):
        template = f"evaluations/panels/{name}.html"
        inbox.task_panels.register(inbox.TaskPanel(f"evaluations.{name}", template, _panel(form)))
    inbox.case_kinds.register(inbox.CaseKind(rectifying.KIND, _("Bad ratings"), order=40))
    inbox.case_kinds.register(inbox.CaseKind(complaining.KIND, _("Complaints from ratings"), order=41))
    case_tabs.register(
        CaseTab(
            key="evaluation",
            label=_("The rating"),
            template="evaluations/panels/rating.html",
            context=rating_of_case,
            kinds=(rectifying.KIND, complaining.KIND),
        )
    )
    files.register_owner(
        OwnerKind(
            code=rectifying.EVIDENCE,
            may_read=rules.may_read_evidence,
            may_write=lambda actor, number, _slot: rules.may_read_evidence(actor, number),
        )
    )
