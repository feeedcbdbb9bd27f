"""Telling raters, heads of units and supervisors what became of a rating."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.modules.evaluations.models import Evaluation, Invitation
from jingkai.modules.evaluations.rules import code_of

KINDS = (
    NoticeKind(
        "evaluation_link",
        "评价链接",
        "Link to rate the service",
        ("matter", "link", "until"),
        "请评价：{matter}",
        "Please rate: {matter}",
        "请于 {until} 前评价“{matter}”的服务，无需登录：{link}",
        "Please rate how “{matter}” was handled by {until}; no log-in is needed: {link}",
        sms="请评价“{matter}”的服务，无需登录：{link}，{until}前有效。",
        sms_en="Please rate “{matter}” (no log-in): {link}, until {until}.",
        channels=(notices.SMS,),
    ),
    NoticeKind(
        "bad_rating",
        "差评提醒",
        "Bad rating",
        ("matter", "level", "due"),
        "收到差评，请核实整改：{matter}",
        "Bad rating to be put right: {matter}",
        "“{matter}”收到“{level}”评价，请于 {due} 前核实整改，整改后由他人回访评价人。",
        "“{matter}” was rated “{level}”. Find out and put it right by {due}; somebody else then asks the "
        "rater again.",
    ),
    NoticeKind(
        "rectification_opened",
        "差评已受理整改",
        "Your rating is being followed up",
        ("matter", "due"),
        "您的评价已转办整改：{matter}",
        "Your rating is being followed up: {matter}",
        "您对“{matter}”的评价已转责任部门核实整改，将于 {due} 前办结，并会有人回访。",
        "Your rating of “{matter}” was given to the unit responsible, which puts it right by {due}. Somebody "
        "will then ask you again.",
    ),
    NoticeKind(
        "rectification_closed",
        "差评整改办结",
        "Follow-up of your rating is done",
        ("matter", "measures"),
        "您的评价已整改办结：{matter}",
        "The follow-up of your rating is done: {matter}",
        "您对“{matter}”的评价已整改办结。整改措施：{measures}",
        "The follow-up of your rating of “{matter}” is done. What was done: {measures}",
    ),
    NoticeKind(
        "rating_appealed",
        "评价申诉待复核",
        "Rating to be re-checked",
        ("matter",),
        "评价申诉待复核：{matter}",
        "A rating is to be re-checked: {matter}",
        "被评价部门对“{matter}”的评价提出申诉，请复核。",
        "The rated unit appealed against a rating of “{matter}”. Please re-check it.",
    ),
    NoticeKind(
        "rating_rechecked",
        "评价申诉复核结果",
        "Outcome of the re-check",
        ("matter", "outcome", "reason"),
        "评价申诉复核结果（{outcome}）：{matter}",
        "Re-check of a rating ({outcome}): {matter}",
        "对“{matter}”评价的申诉已复核：{outcome}。理由：{reason}",
        "The appeal against the rating of “{matter}” was decided: {outcome}. Reason: {reason}",
    ),
    NoticeKind(
        "rating_complaint",
        "评价投诉",
        "Complaint from a rating",
        ("matter", "due"),
        "收到评价投诉，请调查答复：{matter}",
        "Complaint to be answered: {matter}",
        "评价人就“{matter}”提出投诉，请于 {due} 前调查答复。",
        "The rater of “{matter}” complained. Please look into it and answer by {due}.",
    ),
    NoticeKind(
        "complaint_answered",
        "投诉答复",
        "Answer to your complaint",
        ("matter", "reply"),
        "您的投诉已答复：{matter}",
        "Your complaint was answered: {matter}",
        "您就“{matter}”提出的投诉已答复：{reply}",
        "Your complaint about “{matter}” was answered: {reply}",
    ),
)


def declare_notices() -> None:
    """Make the kinds of notices known; called once while the product starts."""
    for kind in KINDS:
        declare_kind(kind)


def tell_link(invitation: Invitation, *, matter: str, at: datetime) -> None:
    """Send the link by text message to whoever was served."""
    if invitation.to_id is None:
        return
    link = settings.BASE_URL + reverse("evaluations:rate", args=[code_of(invitation.pk)])
    notices.notify(
        to=[invitation.to_id],
        kind="evaluation_link",
        facts={"matter": matter, "link": link, "until": f"{invitation.expires_at:%Y-%m-%d}"},
        url=reverse("evaluations:rate", args=[code_of(invitation.pk)]),
        key=f"evaluation-link-{invitation.pk}",
        at=at,
    )


def tell_rater(evaluation: Evaluation, *, kind: str, at: datetime, **facts: Any) -> None:
    """Tell whoever rated, where they are known; where they were nameless, nobody else learns who it is."""
    if evaluation.rater_id is not None:
        url = reverse("evaluations:own")
        _tell([evaluation.rater_id], evaluation, kind=kind, url=url, at=at, facts=facts)


def tell_staff(
    people: Iterable[int], evaluation: Evaluation, *, kind: str, at: datetime, **facts: Any
) -> None:
    """Tell officers about a rating, with a link to it."""
    url = reverse("evaluations:evaluation", args=[evaluation.uuid])
    _tell(list(people), evaluation, kind=kind, url=url, at=at, facts=facts)


def _tell(
    to: list[int], evaluation: Evaluation, *, kind: str, url: str, at: datetime, facts: dict[str, Any]
) -> None:
    if to:
        notices.notify(to=to, kind=kind, facts={"matter": evaluation.item_name, **facts}, url=url, at=at)
