"""Telling the applicant and the officers what happened, in the page, by SMS and by e-mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.kernel.organisation import api as organisation
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.models import Application, Power

OWN_KINDS = (
    NoticeKind(
        "application_refused",
        "不予受理通知",
        "Application not accepted",
        ("reference", "matter"),
        "申请不予受理：{matter}",
        "Application not accepted: {matter}",
        "您的申请（{reference}，{matter}）不予受理，理由见不予受理通知书，可登录下载。",
        "Your application ({reference}, {matter}) was not accepted. The reasons are in the notice, which "
        "can be downloaded after logging in.",
        sms="您的申请{reference}不予受理，理由见通知书，请登录查看。",
        sms_en="Application {reference} was not accepted. Log in to read the reasons.",
        channels=notices.CHANNELS,
    ),
    NoticeKind(
        "question_answered",
        "申请人已答复",
        "Applicant answered",
        ("reference", "matter"),
        "申请人已答复您的询问：{matter}",
        "The applicant answered: {matter}",
        "申请人已答复您在办件 {reference} 中的询问。",
        "The applicant has answered your question in {reference}.",
    ),
    NoticeKind(
        "result_revoked",
        "结果撤销通知",
        "Result revoked",
        ("reference", "matter", "reason"),
        "结果已撤销：{matter}",
        "Result revoked: {matter}",
        "您的办件（{reference}，{matter}）的结果已被撤销。理由：{reason}",
        "The result of your matter ({reference}, {matter}) was revoked. Reason: {reason}",
        sms="您的办件{reference}的结果已撤销，请登录查看。",
        sms_en="The result of {reference} was revoked. Log in to read why.",
        channels=notices.CHANNELS,
    ),
    NoticeKind(
        "power_ends",
        "赋权即将到期",
        "A power ends soon",
        ("number", "item", "day", "days"),
        "赋权清单第{number}项将于{day}到期：{item}",
        "Power no. {number} ends on {day}: {item}",
        "赋权清单第{number}项（{item}）还有{days}天到期。到期后不得签发决定，请及时续期，或者准备将在办件移送。",
        "Power no. {number} ({item}) ends in {days} days. Nothing may be signed after that: renew it, or "
        "prepare to hand the running matters on.",
    ),
    NoticeKind(
        "power_lapsed",
        "在办件失去赋权",
        "A running matter lost its power",
        ("number", "item", "matters"),
        "没有有效赋权，{matters}个在办件不能签发：{item}",
        "No power in force, {matters} running matters can't be signed: {item}",
        "赋权清单第{number}项（{item}）已经失效。续期后可以继续办理；不再续期的，请将办件移送有权机关。",
        "Power no. {number} ({item}) is no longer in force. The matters go on when it is renewed; otherwise "
        "hand them to the competent organ.",
    ),
    NoticeKind(
        "application_handed",
        "办件已移送",
        "Matter handed to the organ",
        ("reference", "matter", "organ", "reason"),
        "您的办件已移送{organ}：{matter}",
        "Your matter went to {organ}: {matter}",
        "您的办件（{reference}，{matter}）连同全部材料已移送{organ}办理，您不需要重新提交。原因：{reason}",
        "Your matter ({reference}, {matter}) went to {organ} with all its materials; you need not apply "
        "again. Reason: {reason}",
        sms="您的办件{reference}已移送{organ}办理，不需要重新提交。",
        sms_en="Your matter {reference} went to {organ}; you need not apply again.",
        channels=notices.CHANNELS,
    ),
    NoticeKind(
        "permit_received",
        "施工许可证已取得",
        "Construction permit received",
        ("reference", "matter", "number"),
        "施工许可证已取得：{matter}",
        "Construction permit received: {matter}",
        "已从省电子证照系统取得施工许可证（{number}），可登录下载。",
        "The construction permit ({number}) was received from the provincial licence system and can be "
        "downloaded.",
    ),
)


def declare_kinds() -> None:
    """Make the service hall's kinds of notices known; called once while the product starts."""
    for kind in OWN_KINDS:
        declare_kind(kind)


def tell_enterprise(application: Application, *, kind: str, at: datetime, **facts: Any) -> None:
    """Tell the handler of an application, in the same transaction as the act itself."""
    _tell(
        [application.handler_id],
        application,
        kind=kind,
        at=at,
        url=reverse("approvals:matter", args=[application.uuid]),
        facts=facts,
    )


def tell_officer(person_id: int, application: Application, *, kind: str, at: datetime) -> None:
    """Tell an officer about an application, with a link to the case."""
    url = reverse("inbox:case", args=[application.case.uuid]) if application.case else ""
    _tell([person_id], application, kind=kind, at=at, url=url, facts={})


def tell_of_power(power: Power, *, kind: str, on: date, at: datetime, **facts: Any) -> None:
    """Tell the keepers of the register and the head of the unit that exercises a power."""
    head = organisation.head_of(power.exercised_by_id, on)
    keepers = organisation.people_with(rules.MANAGE_POWERS, on)
    notices.notify(
        to={*keepers, *([head.person_id] if head else [])},
        kind=kind,
        at=at,
        facts={"number": power.number, "item": power.item.name, "day": f"{power.ends_on:%Y-%m-%d}", **facts},
        url=reverse("approvals:manage_powers"),
    )


def _tell(
    to: list[int], application: Application, *, kind: str, at: datetime, url: str, facts: dict[str, Any]
) -> None:
    notices.notify(
        to=to,
        kind=kind,
        at=at,
        facts={"matter": f"{application.project_name}·{application.package.name}", **facts},
        url=url,
        case_ref=application.case.reference if application.case else "",
    )
