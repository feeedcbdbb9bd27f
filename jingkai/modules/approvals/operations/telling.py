"""Telling the applicant and the officers what happened, in the page, by SMS and by e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.modules.approvals.models import Application

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
        "material_expired",
        "办件材料到期",
        "A licence in your matter ended",
        ("reference", "matter", "title"),
        "办件使用的证照已到期：{title}",
        "Ended, used in a matter: {title}",
        "办件 {reference}（{matter}）使用的“{title}”已到期。材料以受理时有效为准，"
        "办理不受影响；请及时办理延续。",
        "“{title}”, used in {reference} ({matter}), has ended. It stays good as of acceptance and the matter "
        "goes on; please have it renewed.",
    ),
    NoticeKind(
        "material_must_renew",
        "办件材料须延续",
        "A licence in your matter must be renewed",
        ("reference", "matter", "title"),
        "请延续办件使用的证照：{title}",
        "Please renew, used in a matter: {title}",
        "办件 {reference}（{matter}）使用的“{title}”已到期，作出决定前须提供延续后的证照。"
        "请在“我的证照”中更新，办件会自动采用。",
        "“{title}”, used in {reference} ({matter}), has ended and must be renewed before the decision. "
        "Put the renewed one into My licences; the matter follows it by itself.",
        sms="办件{reference}使用的证照已到期，作出决定前须更新，请登录办理。",
        sms_en="A licence used in {reference} has ended and must be renewed before the decision.",
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
