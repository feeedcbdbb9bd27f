"""Telling the applicant and the officers what happened, in the page, by SMS and by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.kernel.organisation import api as organisation
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Application, Power


def _kind(code: str, facts: str, zh: tuple[str, str, str], en: tuple[str, str, str]) -> NoticeKind:
    """A kind of notice about a package's items: name, title and text in both languages, sent everywhere."""
    return NoticeKind(
        code,
        zh[0],
        en[0],
        ("reference", "matter", *facts.split()),
        zh[1],
        en[1],
        zh[2],
        en[2],
        sms=f"您的办件{{reference}}：{zh[0]}，请登录查看。",
        sms_en=f"Matter {{reference}}: {en[0]}. Log in to read it.",
        channels=notices.CHANNELS,
    )


def _mandate_kind(code: str, zh: tuple[str, str, str], en: tuple[str, str, str]) -> NoticeKind:
    facts = ("project", "enterprise", "agent", "reason")
    return NoticeKind(code, zh[0], en[0], facts, zh[1], en[1], zh[2], en[2])


DELIVERY_KINDS = (
    _kind(
        "result_replaced",
        "result number old",
        (
            "结果已换发",
            "已换发：{result}",
            "{result}已换发新文书（{number}），原件（{old}）同时失效，可登录下载新文书。",
        ),
        (
            "Result replaced",
            "Replaced: {result}",
            "{result} was issued anew ({number}); the old document ({old}) is no longer valid.",
        ),
    ),
    _kind(
        "replacement_refused",
        "result reason",
        ("不予换发", "未予换发：{result}", "您申请换发的{result}未予换发：{reason}。原件仍然有效。"),
        (
            "Not replaced",
            "Not replaced: {result}",
            "{result} was not issued anew: {reason}. The document that you have stays valid.",
        ),
    ),
    _kind(
        "result_posted",
        "result number carrier waybill",
        ("结果已寄出", "已寄出：{result}", "{result}（{number}）已交{carrier}寄出，运单号{waybill}。"),
        (
            "Result sent by post",
            "Sent by post: {result}",
            "{result} ({number}) was given to {carrier} under {waybill}.",
        ),
    ),
    _kind(
        "result_delivered",
        "result number receiver",
        ("结果已送达", "已送达：{result}", "{result}（{number}）的纸质文书已由{receiver}签收。"),
        (
            "Result delivered",
            "Delivered: {result}",
            "The paper of {result} ({number}) was received by {receiver}.",
        ),
    ),
    _kind(
        "result_came_back",
        "result number reason",
        (
            "邮件退回",
            "邮件被退回：{result}",
            "寄送的{result}（{number}）被退回：{reason}。请登录重新选择领取方式或者更正地址。",
        ),
        (
            "Letter came back",
            "The letter came back: {result}",
            "The letter with {result} ({number}) came back: {reason}. Log in and choose again how it shall "
            "reach you.",
        ),
    ),
)
OWN_KINDS = (
    _kind(
        "conditional_result",
        "result number needed until",
        (
            "模拟审批意见",
            "模拟审批通过：{result}",
            "{result}已按模拟审批通过（{number}），尚未生效。请于{until}前取得并上传{needed}，核对后直接转为正式。",
        ),
        (
            "Conditional result",
            "Conditional result: {result}",
            "{result} passed as a simulated approval ({number}), not in effect. Hand in {needed} by {until}; "
            "it then turns formal.",
        ),
    ),
    _kind(
        "condition_due",
        "needed until",
        (
            "模拟审批即将到期",
            "模拟审批即将到期：{needed}",
            "{needed}须于{until}前上传，逾期的，模拟审批意见自行失效。",
        ),
        (
            "Conditional results end soon",
            "Conditional results end soon: {needed}",
            "Hand in {needed} by {until}; after that day the conditional results lapse.",
        ),
    ),
    _kind(
        "condition_refused",
        "needed reason",
        ("条件文件不符", "核对不符：{needed}", "您上传的{needed}经核对不符：{reason}。请重新上传。"),
        (
            "Document does not fit",
            "Document does not fit: {needed}",
            "The document for {needed} was checked and does not fit: {reason}. Upload the right one.",
        ),
    ),
    _kind(
        "condition_lapsed",
        "needed",
        (
            "模拟审批失效",
            "模拟审批失效：{needed}未在期限内满足",
            "{needed}未在期限内满足，有关模拟审批意见已失效，事项终止办理；条件满足后可以重新申请。",
        ),
        (
            "Conditional results lapsed",
            "Conditional results lapsed: {needed}",
            "{needed} did not come in time. The conditional results lapsed; you may apply again.",
        ),
    ),
    _kind(
        "hearing_notice",
        "item number day place",
        (
            "听证通知",
            "听证通知：{item}",
            "{item}将于{day}在{place}举行听证，见听证通知书（{number}）；听证时间不计入办理期限。",
        ),
        (
            "Notice of a hearing",
            "Hearing: {item}",
            "A hearing on {item} is held on {day} at {place}, see {number}. Its time does not count.",
        ),
    ),
    _kind(
        "result_reissued",
        "result organ number",
        ("见文换文完成", "{organ}已换发：{result}", "{organ}已换发{result}（{number}），可登录下载。"),
        (
            "Result reissued",
            "Reissued by {organ}: {result}",
            "{organ} has reissued {result} ({number}); it can be downloaded.",
        ),
    ),
    *DELIVERY_KINDS,
    _mandate_kind(
        "mandate_offered",
        (
            "委托代办待接受",
            "{enterprise}委托您代办：{project}",
            "{enterprise}委托您代办“{project}”，请登录接受或者说明理由。",
        ),
        (
            "Mandate offered",
            "{enterprise} asks you to act for it: {project}",
            "{enterprise} offers you a mandate for {project}. Log in to accept it, or to say why not.",
        ),
    ),
    _mandate_kind(
        "mandate_accepted",
        (
            "委托代办已接受",
            "{agent}已接受委托：{project}",
            "带办专员{agent}已接受“{project}”的委托，委托代办书可登录下载。",
        ),
        (
            "Mandate accepted",
            "{agent} accepted the mandate: {project}",
            "{agent} accepted your mandate for {project}; the document can be downloaded.",
        ),
    ),
    _mandate_kind(
        "mandate_declined",
        (
            "委托代办未接受",
            "{agent}未接受委托：{project}",
            "带办专员{agent}未接受“{project}”的委托：{reason}",
        ),
        (
            "Mandate declined",
            "{agent} declined the mandate: {project}",
            "{agent} did not accept your mandate for {project}: {reason}",
        ),
    ),
    _mandate_kind(
        "mandate_ended",
        ("委托代办终止", "委托代办终止：{project}", "{enterprise}“{project}”的委托代办已终止：{reason}"),
        (
            "Mandate ended",
            "Mandate ended: {project}",
            "The mandate of {enterprise} for {project} has ended: {reason}",
        ),
    ),
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
        "draft_opened_at_counter",
        "窗口代开草稿通知",
        "Draft opened at the window",
        ("matter",),
        "窗口已为您开好申请草稿：{matter}",
        "A draft was opened for you at the window: {matter}",
        "窗口工作人员经您同意，已为企业开好“{matter}”的申请草稿并填入已知信息。请登录补齐后自行提交。",
        "With your consent the window opened a draft for “{matter}” and filled in what is known. Log in, "
        "complete it and submit it yourself.",
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
    """Tell the handler of an application and its agents, in the same transaction as the act itself."""
    tell_with_agents(application, queries.active_agents(application), kind=kind, at=at, facts=facts)


def tell_with_agents(
    application: Application, agents: Sequence[int], *, kind: str, at: datetime, facts: dict[str, Any]
) -> None:
    """The same where the agents were read already."""
    people = [*dict.fromkeys((application.handler_id, *agents))]
    url = reverse("approvals:matter", args=[application.uuid])
    _tell(people, application, kind=kind, at=at, url=url, facts=facts)


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
    facts = {"matter": f"{application.project_name}·{application.package.name}", **facts}
    number = application.case.reference if application.case else ""
    notices.notify(to=to, kind=kind, at=at, facts=facts, url=url, case_ref=number)
