"""Telling an enterprise's people what becomes of its licences."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.kernel.parties.api import representations_of
from jingkai.modules.licences.models import Entry

KINDS = (
    NoticeKind(
        "licence_ends_soon",
        "证照即将到期",
        "Licence ends soon",
        ("title", "number", "day"),
        "证照即将到期：{title}",
        "Ends soon: {title}",
        "贵单位证照库中的“{title}”（{number}）有效期至 {day}，请及时办理延续，并在证照库中更新。",
        "“{title}” ({number}) in your library is valid until {day}. Have it renewed and put the new one "
        "into the library.",
        sms="贵单位“{title}”有效期至{day}，请及时延续。",
        sms_en="{title} is valid until {day}. Have it renewed in time.",
        channels=(notices.PAGE, notices.SMS),
    ),
    NoticeKind(
        "licence_expired",
        "证照已到期",
        "Licence expired",
        ("title", "number", "day"),
        "证照已到期：{title}",
        "Expired: {title}",
        "贵单位证照库中的“{title}”（{number}）已于 {day} 到期，不再用于新的申请。"
        "已延续的，请在证照库中更新。",
        "“{title}” ({number}) in your library ended on {day} and is no longer used for new applications. "
        "If it was renewed, put the new one into the library.",
        channels=(notices.PAGE, notices.SMS),
        sms="贵单位“{title}”已于{day}到期。",
        sms_en="{title} ended on {day}.",
    ),
)


def declare_kinds() -> None:
    """Make these kinds of notices known; called once while the product starts."""
    for kind in KINDS:
        declare_kind(kind)


def tell_holder(entry: Entry, *, kind: str, at: datetime) -> None:
    """Tell everybody who acts for the holder today, once for each entry."""
    acting = representations_of(entry.enterprise_id, on=timezone.localdate(at))
    people = list(dict.fromkeys(acting.values_list("person_id", flat=True)))
    facts = {
        "title": entry.title,
        "number": entry.number or "—",
        "day": entry.valid_to.isoformat() if entry.valid_to else "",
    }
    url = reverse("licences:mine_entry", args=[entry.uuid])
    notices.notify(to=people, kind=kind, at=at, facts=facts, url=url, key=f"{kind}:{entry.pk}:{facts['day']}")
