"""Text messages that did not go out, one a screen, for whoever sends them by the provider's own page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange.data import CopySheet, SheetFields, SheetLine
from jingkai.kernel.notices.models import Delivery
from jingkai.kernel.notices.operations import sent_by_hand
from jingkai.kernel.parties.api import get_contacts
from jingkai.kernel.permissions.data import Actor

State = Delivery.State
STUCK = (State.FAILED, State.PERMANENT, State.OFF)
MOST = 100


def _stuck() -> QuerySet[Delivery]:
    """Messages of notices that failed or have no way; codes of phone checks are never shown to anybody."""
    found = Delivery.objects.filter(channel=Delivery.Channel.SMS, state__in=STUCK, notice__isnull=False)
    return found.select_related("notice")


def lines(_at: datetime) -> list[SheetLine]:
    """The newest that are stuck."""
    return [
        SheetLine(str(row.uuid), row.notice.title if row.notice else "", row.error, row.created_at)
        for row in _stuck().order_by("-created_at", "-pk")[:MOST]
    ]


def fields(key: str) -> SheetFields | None:
    """One of them: to whom, under which sign, what it says."""
    row = _find(key)
    if row is None or row.notice is None:
        return None
    person = next(iter(get_contacts([row.notice.to_id])), None)
    told = [
        (_("Mobile phone"), person.phone if person else ""),
        (_("Sender shown"), settings.SMS_SIGN_NAME),
        (_("Provider's template"), row.sms_code),
        *((f"{{{name}}}", str(value)) for name, value in row.params.items()),
        (_("Text"), row.notice.body or row.notice.title),
    ]
    return SheetFields(row.notice.title, told)


def done(key: str, number: str, by: Actor, at: datetime) -> bool:
    """Note that it was sent by hand; False when it is out already."""
    row = _find(key)
    return row is not None and sent_by_hand(row, number=number, by=by, at=at)


def _find(key: str) -> Delivery | None:
    try:
        return _stuck().filter(uuid=UUID(key)).first()
    except ValueError:
        return None


SHEET = CopySheet(
    "sms",
    "短信平台",
    "Text messages",
    _("Send it on the provider's own page, then note the provider's number here."),
    lines,
    fields,
    done,
)
