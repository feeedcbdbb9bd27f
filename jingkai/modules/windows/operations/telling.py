"""What people are told by the windows: appointments made, cancelled, tomorrow; a draft opened for them."""

from __future__ import annotations

from jingkai.kernel.notices.api import PAGE, SMS, NoticeKind, declare_kind

FACTS = ("code", "on", "starts", "line")
KINDS = (
    NoticeKind(
        "appointment_made",
        "预约成功通知",
        "Appointment confirmed",
        FACTS,
        "预约成功：{on} {starts} {line}",
        "Appointment confirmed: {on} {starts}, {line}",
        "您已预约 {on} {starts} 办理“{line}”，预约码 {code}。请在时段开始前到取号机输入预约码签到；"
        "来不了请提前取消或改期。",
        "Your appointment for “{line}” is on {on} at {starts}, code {code}. Check in at the ticket machine "
        "before your slot; if you cannot come, cancel or move it in time.",
        sms="您已预约{on} {starts}办理{line}，预约码{code}，请到取号机签到。",
        sms_en="Appointment {on} {starts}, {line}, code {code}. Check in at the ticket machine.",
        channels=(PAGE, SMS),
    ),
    NoticeKind(
        "appointment_cancelled",
        "预约取消通知",
        "Appointment cancelled",
        FACTS,
        "预约已取消：{on} {starts} {line}",
        "Appointment cancelled: {on} {starts}, {line}",
        "您 {on} {starts} 办理“{line}”的预约（{code}）已取消，可重新预约。",
        "Your appointment {code} for “{line}” on {on} at {starts} was cancelled. You may book another one.",
        sms="您{on} {starts}办理{line}的预约{code}已取消。",
        sms_en="Appointment {code} on {on} {starts}, {line}, was cancelled.",
        channels=(PAGE, SMS),
    ),
    NoticeKind(
        "appointment_reminder",
        "预约提醒",
        "Appointment reminder",
        FACTS,
        "请按时到场：{on} {starts} {line}",
        "Your appointment: {on} {starts}, {line}",
        "您预约了 {on} {starts} 办理“{line}”，预约码 {code}。来不了请取消，把号源留给他人。",
        "You have an appointment for “{line}” on {on} at {starts}, code {code}. If you cannot come, cancel "
        "it so that somebody else can.",
        sms="提醒：您预约了{on} {starts}办理{line}，预约码{code}，来不了请取消。",
        sms_en="Reminder: {on} {starts}, {line}, code {code}. Cancel it if you cannot come.",
        channels=(PAGE, SMS),
    ),
    NoticeKind(
        "swap_asked",
        "换班请求",
        "Shift swap asked for",
        ("name", "mine", "theirs"),
        "{name}想和您换班",
        "{name} would like to swap shifts with you",
        "{name}想用 {mine} 的班换您 {theirs} 的班，请到排班页面答复。",
        "{name} offers the shift {mine} for your shift {theirs}. Answer on the rota page.",
    ),
    NoticeKind(
        "swap_answered",
        "换班答复",
        "Shift swap answered",
        ("name", "answer"),
        "{name}{answer}换班",
        "{name}: {answer}",
        "{name}{answer}您的换班请求，排班表以页面为准。",
        "{name}: {answer}. The rota page shows what counts.",
    ),
    NoticeKind(
        "rota_published",
        "排班发布",
        "Rota published",
        ("monday",),
        "{monday} 一周的排班已发布",
        "The rota of the week of {monday} is published",
        "{monday} 一周的排班已发布，请查看您的班次。",
        "The rota of the week of {monday} is published. Please look at your shifts.",
    ),
)


def declare_kinds() -> None:
    """Make the kinds of notices known."""
    for kind in KINDS:
        declare_kind(kind)
