"""What the hall reports to the platforms outside, and what it reads from them; each thing once.

国务院令 716 号, 国办发〔2020〕35 号: applications, progress, results and evaluations go to the provincial
service platform, so that nobody has to type them twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import api as exchange
from jingkai.kernel.exchange.data import (
    ExchangeKind,
    OutsideSystem,
    PayloadField,
    PublicEvent,
    Refused,
    Reply,
    Unanswered,
)
from jingkai.kernel.exchange.events import WorkOrderReceived
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.connectors import platform
from jingkai.modules.approvals.models import Application, Decision, ItemImport, Replacement
from jingkai.modules.approvals.operations import catalogue_import
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.documents import api as documents
from jingkai.records.documents.models import IssuedDocument

APPLICATION, PROGRESS, RESULT, EVALUATION = (
    "hall.application",
    "hall.progress",
    "hall.result",
    "hall.evaluation",
)
ITEMS, ORDER = "hall.items", "hotline.work_order"
MOST_ORDERS = 500
LOOK_BACK = timedelta(days=7)
"""Work orders are asked for again over this time: one given by call says nothing of those before it."""

MATTER = (
    PayloadField("reference", _("Receipt number")),
    PayloadField("itemName", _("Service")),
    PayloadField("itemCode", _("Code")),
)
FIELDS: dict[str, tuple[PayloadField, ...]] = {
    APPLICATION: (
        *MATTER,
        PayloadField("projectName", _("Project name")),
        PayloadField("projectCode", _("Project code")),
        PayloadField("applicant", _("Applicant")),
        PayloadField("creditCode", _("Unified social credit code")),
        PayloadField("contactName", _("Contact person"), "name"),
        PayloadField("contactPhone", _("Contact's mobile phone"), "phone"),
        PayloadField("submittedAt", _("Submitted")),
    ),
    PROGRESS: (*MATTER, PayloadField("step", _("Step")), PayloadField("at", _("When"))),
    RESULT: (
        *MATTER,
        PayloadField("outcome", _("Outcome")),
        PayloadField("documentNumber", _("Document number")),
        PayloadField("organ", _("Deciding organ")),
        PayloadField("issuedAt", _("Issued")),
        PayloadField("sm3", _("Digest (SM3)")),
        PayloadField("verificationUrl", _("Check address")),
    ),
    EVALUATION: (
        *MATTER,
        PayloadField("level", _("Level")),
        PayloadField("comment", _("Applicant's words")),
        PayloadField("at", _("When")),
    ),
    ORDER: (
        PayloadField("orderNumber", _("Work order number")),
        PayloadField("title", _("Title")),
        PayloadField("content", _("Content")),
        PayloadField("callerName", _("Caller"), "name"),
        PayloadField("callerPhone", _("Caller's phone"), "phone"),
        PayloadField("createdAt", _("Received there")),
        PayloadField("dueAt", _("Due there")),
    ),
}
SERVICES = {
    APPLICATION: "application/report",
    PROGRESS: "progress/report",
    RESULT: "result/report",
    EVALUATION: "evaluation/report",
}
NAMES = {
    APPLICATION: ("报送申请", "Report an application"),
    PROGRESS: ("报送进度", "Report progress"),
    RESULT: ("报送结果", "Report a result"),
    EVALUATION: ("报送评价", "Report an evaluation"),
}


class ProjectCodeWrong(PersonFacingError):
    """The code has not the shape of a project code."""

    status = 422
    sentence = _("A project code has 20 digits in five groups: 2611-320826-04-01-118456.")


class ProjectUnknown(PersonFacingError):
    """The national platform knows no such project, or does not answer; the form is filled in by hand."""

    sentence = _("The project could not be fetched: %(reason)s")
    advice = _("Fill the facts in yourself; the code is kept.")


class ProjectPlatformDown(ProjectUnknown):
    """The national platform is slow, down or answers nonsense."""

    sentence = _("The investment project platform does not answer at the moment.")
    advice = _("Try again later, or fill the facts in yourself; the code is kept.")


def declare_exchanges() -> None:
    """Say what is exchanged, with whom, and which facts may be told by webhook."""
    for system in (
        OutsideSystem("hall", "省政务服务平台", "Provincial service platform"),
        OutsideSystem("projects", "投资项目在线审批监管平台", "Investment project platform"),
        OutsideSystem("hotline", "12345 热线", "12345 line"),
    ):
        exchange.systems.register(system)
    for code, (name, name_en) in NAMES.items():
        exchange.kinds.register(
            ExchangeKind(
                code,
                "hall",
                "out",
                name,
                name_en,
                FIELDS[code],
                _sender(code),
                lambda: platform.hall().is_connected,
            )
        )
    exchange.kinds.register(ExchangeKind(ITEMS, "hall", "in", "下载事项", "Items read"))
    exchange.kinds.register(ExchangeKind(ORDER, "hotline", "in", "接收工单", "Work order", FIELDS[ORDER]))
    for event in (
        PublicEvent("application.submitted", "申请已提交", "An application was handed in"),
        PublicEvent("application.accepted", "申请已受理", "An application was accepted"),
        PublicEvent("result.sealed", "结果已用印", "A result was sealed"),
        PublicEvent("service.rated", "服务已评价", "A service was rated"),
    ):
        exchange.public_events.register(event)


def _sender(code: str) -> Any:
    def send(payload: Mapping[str, Any], key: str) -> Reply:
        data = platform.hall().ask(SERVICES[code], payload, key=f"{code}:{key}")
        number = data.get("number")
        if not isinstance(number, str | int) or not str(number).strip():
            raise Unanswered(f"{SERVICES[code]}: the answer lacks a number")
        return Reply(number=str(number))

    return send


def is_reporting() -> bool:
    """Whether reports are made at all: there is a way, or the zone copies them over by hand."""
    return bool(settings.HALL_URL) or bool(settings.HALL_BY_HAND)


# --- out ------------------------------------------------------------------------------------------


def report_application(*, application_id: int, at: datetime) -> None:
    """Report an application after its first submission."""
    found = _application(application_id)
    enterprise = enterprises.get_enterprise(found.enterprise_id)
    facts = found.facts
    payload = {
        **_matter(found),
        "projectName": found.project_name,
        "projectCode": str(facts.get("project_code") or ""),
        "applicant": found.enterprise.name,
        "creditCode": enterprise.uscc,
        "contactName": str(facts.get("contact_name") or ""),
        "contactPhone": str(facts.get("contact_phone") or ""),
        "submittedAt": found.submitted_at.isoformat() if found.submitted_at else "",
    }
    _send(APPLICATION, str(found.uuid), found, payload, at)


def report_progress(*, application_id: int, step: str, at: datetime) -> None:
    """Report a step of a matter."""
    found = _application(application_id)
    _send(PROGRESS, f"{found.uuid}:{step}", found, {**_matter(found), "step": step, "at": at.isoformat()}, at)


def report_result(*, decision_id: int, at: datetime) -> None:
    """Report a sealed result; each item of a package has its own."""
    decision = Decision.objects.select_related("document", "item__item").get(pk=decision_id)
    if decision.document is not None:
        _report_document(decision, decision.document, key=str(decision.uuid), at=at)


def report_replacement(*, replacement_id: int, at: datetime) -> None:
    """Report the document that took a result's place, under a number of its own."""
    along = ("new", "decision__item__item")
    found = Replacement.objects.select_related(*along).get(pk=replacement_id)
    if found.new is not None:
        _report_document(found.decision, found.new, key=f"{found.decision.uuid}:{found.uuid}", at=at)


def _report_document(decision: Decision, document: IssuedDocument, *, key: str, at: datetime) -> None:
    found, item = _application(decision.item.application_id), decision.item.item
    own = queries.has_network(found.package)
    payload = {
        **_matter(found),
        **({"itemName": item.name, "itemCode": item.code} if own else {}),
        "outcome": decision.outcome,
        "documentNumber": document.number_text,
        "organ": document.organ_name,
        "issuedAt": document.issued_at.isoformat() if document.issued_at else "",
        "sm3": document.sm3,
        "verificationUrl": documents.public_url(document.verification_code),
    }
    _send(RESULT, key, found, payload, at)


def report_evaluation(*, application_id: int, at: datetime) -> None:
    """Report a rating (GB/T 39735)."""
    found = _application(application_id)
    rating = found.rating
    payload = {
        **_matter(found),
        "level": str(rating.level),
        "comment": rating.comment,
        "at": rating.rated_at.isoformat(),
    }
    _send(EVALUATION, str(found.uuid), found, payload, at)


def _application(application_id: int) -> Any:
    along = ("package", "enterprise", "case", "rating")
    return Application.objects.select_related(*along).get(pk=application_id)


def _matter(found: Application) -> dict[str, str]:
    reference = found.case.reference if found.case else ""
    code = found.package.service_code.removeprefix("item:")
    return {"reference": reference, "itemName": found.package.name, "itemCode": code}


def _send(kind: str, key: str, found: Application, payload: dict[str, Any], at: datetime) -> None:
    if not is_reporting():
        return
    outgoing = exchange.Outgoing(
        kind=kind,
        key=key,
        subject=f"{payload['reference']} {found.package.name}",
        payload=payload,
        subject_url=reverse("inbox:case", args=[found.case.uuid]) if found.case else "",
    )
    exchange.send_out(outgoing=outgoing, at=at)


def announce(*, event: str, key: str, application_id: int, at: datetime) -> None:
    """Tell webhooks of a fact: the number of the matter, and where the interface shows it."""
    uuid = Application.objects.values_list("uuid", flat=True).get(pk=application_id)
    url = settings.BASE_URL + reverse("api_get_application", args=[uuid])
    exchange.announce(event=event, key=key, data={"application": str(uuid), "url": url}, at=at)


def hotline_is_connected() -> bool:
    """Whether the installation has a way to the 12345 line."""
    return platform.hotline().is_connected


def ask_hotline(service: str, payload: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Call a service of the 12345 line. Errors: Refused, Unanswered."""
    return platform.hotline().ask(service, payload, key=key)


# --- in -------------------------------------------------------------------------------------------


def receive_order(*, order: Mapping[str, Any], at: datetime) -> tuple[Exchange, bool]:
    """Take a 12345 work order in, once; whoever deals with such orders hears of it."""
    number = str(order.get("orderNumber") or "").strip()
    if not number:
        raise Refused("the work order has no number")
    kept = {one.name: str(order.get(one.name) or "")[:4000] for one in FIELDS[ORDER]}
    outgoing = exchange.Outgoing(kind=ORDER, key=number[:120], subject=kept["title"] or number, payload=kept)
    with transaction.atomic():
        row, is_new = exchange.take_in(outgoing=outgoing, outside_number=number, at=at)
        if is_new:
            events.publish(WorkOrderReceived(exchange_id=row.pk))
    return row, is_new


def poll_orders(*, at: datetime) -> int:
    """Ask the 12345 line for work orders since a week before the last one; gives how many were new.

    Errors: Refused, Unanswered.
    """
    line = platform.hotline()
    if not line.is_connected:
        return 0
    last = Exchange.objects.filter(kind=ORDER).order_by("-created_at").values_list("created_at", flat=True)
    since = (last.first() or at - timedelta(days=30)) - LOOK_BACK
    found = line.ask("order/list", {"since": since.isoformat()}).get("orders")
    if not isinstance(found, list):
        raise Unanswered("order/list: the answer lacks the orders")
    new = 0
    for order in found[:MOST_ORDERS]:
        if isinstance(order, dict) and order.get("orderNumber"):
            new += receive_order(order=order, at=at)[1]
    return new


def province_is_connected() -> bool:
    """Whether the installation has a way to the province's items."""
    return platform.hall().is_connected


def fetch_items(*, by: Actor, at: datetime) -> ItemImport | None:
    """Read the items that the province publishes for this zone, and what they would change here.

    The same list is kept once: gives the preview of a list that is new or that still waits. A person applies
    it. Errors: Refused, Unanswered.
    """
    if not province_is_connected():
        return None
    data = platform.hall().ask("item/list", {})
    if not isinstance(data.get("items"), list):
        raise Unanswered("item/list: the answer lacks the items")
    digest = exchange.digest_of(data)
    outgoing = exchange.Outgoing(kind=ITEMS, key=digest, subject=f"{len(data['items'])} 项", payload=data)
    with transaction.atomic():
        row, is_new = exchange.take_in(outgoing=outgoing, outside_number=digest[:12], at=at)
        if is_new:
            payload = json.dumps(data, ensure_ascii=False)
            found = catalogue_import.preview_province(payload=payload, mark=digest[:12], by=by, at=at)
            row.subject_url = reverse("approvals:item_import", args=[found.uuid])
            row.save(update_fields=["subject_url"])
            return found
    return catalogue_import.waiting_preview(mark=digest[:12])


def projects_are_connected() -> bool:
    """Whether the installation has a way to the national project platform."""
    return platform.projects().is_connected


def project_facts(*, code: str) -> dict[str, str]:
    """Fetch what the national platform knows of a project, as facts of an application.

    Errors: ProjectCodeWrong, ProjectUnknown, ProjectPlatformDown.
    """
    return fetch_project(code=code)[0]


def fetch_project(*, code: str) -> tuple[dict[str, str], str]:
    """Fetch a project: its facts for the form, and whose project the platform says it is.

    Errors: ProjectCodeWrong, ProjectUnknown, ProjectPlatformDown.
    """
    code = code.strip()
    if not platform.PROJECT_CODE.fullmatch(code):
        raise ProjectCodeWrong
    if not platform.projects().is_connected:
        raise ProjectUnknown(reason=str(_("the platform is not connected")))
    try:
        data = platform.projects().ask("project/get", {"projectCode": code})
    except Refused as error:
        raise ProjectUnknown(reason=str(error)) from error
    except Unanswered as error:
        raise ProjectPlatformDown from error
    names = {
        "projectName": "project_name",
        "projectAddress": "project_address",
        "investment": "investment",
        "buildingArea": "building_area",
    }
    facts = {ours: str(data[theirs])[:200] for theirs, ours in names.items() if data.get(theirs)}
    return {"project_code": code, **facts}, str(data.get("enterprise") or "")
