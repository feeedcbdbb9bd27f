"""What clocks tell people: the kinds of notices, and the extension that the applicant must hear of."""

from __future__ import annotations

from datetime import datetime

from jingkai.casework.clock.data import EntryKind
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.queries import limit_words
from jingkai.casework.clock.rules.subjects import subjects_of
from jingkai.kernel.notices.api import CHANNELS, NoticeKind, declare_kind, notify

_FACTS = ("reference", "matter", "limit", "due")
_CARD = (*_FACTS, "until")

KINDS = (
    NoticeKind(
        "due_days_moved",
        "办结日期调整",
        "Due days moved",
        ("number", "year", "version", "source"),
        "您有 {number} 个办件的办结日期随工作日历调整",
        "{number} of your due days moved with the calendar",
        "{year}年工作日历第{version}版（{source}）已生效，您手中 {number} 个办件的办结日期相应调整，"
        "请查看明细。",
        "The working-day calendar of {year} changed (version {version}, {source}); {number} due days of"
        " matters in your hands moved with it. See the list.",
    ),
    NoticeKind(
        "limit_holder_warned",
        "临期提醒（经办人）",
        "Limit ends soon (holder)",
        _FACTS,
        "临期提醒：{limit}（{matter}）",
        "Limit ends soon: {limit} ({matter})",
        "{matter}（{reference}）的“{limit}”时限将于 {due} 届满，请抓紧办理。",
        "“{limit}” of {matter} ({reference}) ends on {due}. Please finish it in time.",
    ),
    NoticeKind(
        "limit_head_warned",
        "临期提醒（负责人）",
        "Limit ends soon (head)",
        _FACTS,
        "本单位办件临期：{limit}（{matter}）",
        "A limit of your unit ends soon: {limit} ({matter})",
        "本单位办理的{matter}（{reference}）“{limit}”时限将于 {due} 届满，尚未办结，请督促。",
        "“{limit}” of {matter} ({reference}), in the hands of your unit, ends on {due} and is not finished.",
    ),
    NoticeKind(
        "limit_supervisor_warned",
        "时限届满未办结（督办）",
        "Limit ended unfinished (supervisor)",
        _FACTS,
        "时限届满未办结：{limit}（{matter}）",
        "Limit ended unfinished: {limit} ({matter})",
        "{matter}（{reference}）的“{limit}”时限于 {due} 届满，尚未办结，请关注督办。",
        "“{limit}” of {matter} ({reference}) ended on {due} and is not finished.",
    ),
    NoticeKind(
        "yellow_card_issued",
        "督办黄牌",
        "Yellow card",
        _CARD,
        "督办黄牌：{limit}（{matter}）",
        "Yellow card: {limit} ({matter})",
        "{matter}（{reference}）的“{limit}”应于 {due} 办结，逾期未办结，系统发出督办黄牌。"
        "如有异议，可于 {until} 前申诉。",
        "“{limit}” of {matter} ({reference}) was due on {due} and is late; the system issued a yellow card."
        " It can be appealed until {until}.",
    ),
    NoticeKind(
        "red_card_issued",
        "督办红牌",
        "Red card",
        _CARD,
        "督办红牌：{limit}（{matter}）",
        "Red card: {limit} ({matter})",
        "{matter}（{reference}）的“{limit}”应于 {due} 办结，严重逾期，系统发出督办红牌。"
        "如有异议，可于 {until} 前申诉。",
        "“{limit}” of {matter} ({reference}) was due on {due} and is far too late; the system issued a red"
        " card. It can be appealed until {until}.",
    ),
    NoticeKind(
        "card_appealed",
        "督办牌申诉",
        "Card appealed",
        ("reference", "matter", "due"),
        "督办牌申诉待裁定：{matter}",
        "A card was appealed: {matter}",
        "{matter}（{reference}）的督办牌已被申诉，请裁定。",
        "The card for {matter} ({reference}) was appealed; please decide.",
    ),
    NoticeKind(
        "card_withdrawn",
        "督办牌撤销",
        "Card withdrawn",
        ("reference", "matter", "due"),
        "督办牌已撤销：{matter}",
        "Card withdrawn: {matter}",
        "经申诉裁定，{matter}（{reference}）的督办牌予以撤销。",
        "On appeal the card for {matter} ({reference}) was withdrawn.",
    ),
    NoticeKind(
        "card_upheld",
        "督办牌维持",
        "Card upheld",
        ("reference", "matter", "due"),
        "督办牌维持：{matter}",
        "Card upheld: {matter}",
        "经申诉裁定，{matter}（{reference}）的督办牌予以维持，理由见详情。",
        "On appeal the card for {matter} ({reference}) was upheld; the reason is on its page.",
    ),
    NoticeKind(
        "limit_extended",
        "延长办理期限告知",
        "Limit extended",
        ("reference", "matter", "limit", "days", "reason", "due"),
        "办理期限延长：{matter}",
        "Limit extended: {matter}",
        "您的申请（{reference}，{matter}）“{limit}”期限经批准延长 {days}，新的办结日期为 {due}。"
        "理由：{reason}",
        "The limit “{limit}” of your application ({reference}, {matter}) was extended by {days}; it is now"
        " due on {due}. Reason: {reason}",
        sms="您的申请{reference}经批准延长{days}，将于{due}前办结，理由请登录查看。",
        sms_en="The limit for {reference} was extended by {days}; due {due}. Log in for the reason.",
        channels=CHANNELS,
    ),
)


def declare_kinds() -> None:
    """Make the kinds of notices known; called once while the product starts."""
    for kind in KINDS:
        declare_kind(kind)


def tell_of_extension(*, clock_id: int, at: datetime) -> None:
    """Tell the applicant how long a limit was extended, until when, and why; once for each extension."""
    subject = subjects_of([clock_id]).get(clock_id)
    line = LedgerEntry.objects.filter(clock_id=clock_id, kind=EntryKind.EXTEND).order_by("-sequence").first()
    if subject is None or line is None or not subject.told:
        return
    clock = Clock.objects.get(pk=clock_id)
    notify(
        to=subject.told,
        kind="limit_extended",
        at=at,
        facts={
            "matter": subject.title,
            "limit": clock.label,
            "days": limit_words(line.days, clock.limit["unit"]),
            "reason": line.note,
            "due": clock.due_on,
        },
        url=subject.url,
        case_ref=subject.reference,
        key=f"clock.extended.{line.pk}",
    )
