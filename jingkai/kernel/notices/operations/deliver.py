"""Carrying a message out: claimed by one worker, sent outside any transaction, tried again or given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.notices.connectors import mail, sms
from jingkai.kernel.notices.data import CLAIM, EMAIL, WAITS, Letter, NotSent, Receipt, ShortMessage
from jingkai.kernel.notices.models import Delivery, DeliveryTry
from jingkai.kernel.parties.api import get_contacts, is_mobile, mask_email, mask_phone
from jingkai.kernel.parties.data import Contact
from jingkai.kernel.permissions.data import Actor

JOB = "notices.deliver"
State = Delivery.State
DELIVERIES = ("notices.deliveries", 1)


def deliver(*, delivery_id: int, clock: Callable[[], datetime]) -> None:
    """Send one message, once: a repeated call for a message that is out or on its way does nothing."""
    row = _claim(delivery_id, clock())
    if row is None:
        return
    try:
        receipt = _send(row)
    except NotSent as error:
        _failed(row, error, at=clock())
        return
    _sent(row, receipt, at=clock())


def _claim(delivery_id: int, now: datetime) -> Delivery | None:
    """Take a message for this try; one whose worker died mid-way is looked up before it is sent."""
    mine = Delivery.objects.filter(pk=delivery_id)
    dead = Q(state=State.SENDING, claimed_at__lt=now - CLAIM)
    mine.filter(dead).update(state=State.FAILED, is_unclear=True)
    waiting = mine.filter(state__in=(State.QUEUED, State.FAILED))
    if waiting.update(state=State.SENDING, tries=F("tries") + 1, claimed_at=now, next_at=None):
        return Delivery.objects.select_related("notice", "check_of").get(pk=delivery_id)
    busy = mine.filter(state=State.SENDING).first()
    if busy is not None:
        enqueue(JOB, at=(busy.claimed_at or now) + 2 * CLAIM, delivery_id=delivery_id)
    return None


def _send(row: Delivery) -> Receipt:
    if row.check_of is not None:
        phone, code = row.check_of.phone, row.check_of.code
        if not code:
            raise NotSent("expired", "the code is no longer valid", is_final=True)
        return _send_sms(row, phone, {**row.params, "code": code})
    assert row.notice is not None
    people = get_contacts([row.notice.to_id])
    if not people:
        raise NotSent("no-person", "the person is no longer active", is_final=True)
    if row.channel == EMAIL:
        _hint(row, mask_email(people[0].email))
        return _send_mail(row, people[0])
    _hint(row, mask_phone(people[0].phone))
    return _send_sms(row, people[0].phone, row.params)


def _hint(row: Delivery, masked: str) -> None:
    """Note to whom it goes, masked: only here is the address in the clear."""
    Delivery.objects.filter(pk=row.pk).update(to_hint=masked)


def _send_sms(row: Delivery, phone: str, params: dict[str, str]) -> Receipt:
    if not is_mobile(phone):
        raise NotSent("no-mobile", "the person has no mobile number", is_final=True)
    if not sms.is_set_up():
        raise NotSent("not-set-up", "no provider of text messages is set up", is_final=True)
    message = ShortMessage(str(row.uuid), phone, row.sms_code, params)
    provider = sms.provider()
    if row.is_unclear:
        found = provider.find(message, timezone.localdate(row.claimed_at))
        if found is not None:
            return found
    return provider.send(message)


def _send_mail(row: Delivery, person: Contact) -> Receipt:
    if not person.email:
        raise NotSent("no-address", "the person has no e-mail address", is_final=True)
    if not mail.is_set_up():
        raise NotSent("not-set-up", "no mail server is set up", is_final=True)
    mail.send(_letter(row, person))
    return Receipt()


def _letter(row: Delivery, person: Contact) -> Letter:
    notice = row.notice
    assert notice is not None
    context = {
        "notice": notice,
        "name": person.name,
        "link": urljoin(settings.BASE_URL + "/", notice.url) if notice.url else "",
        "zone_name": getattr(settings, "ZONE_NAME", "") or settings.SMS_SIGN_NAME,
    }
    with translation.override(person.language):
        text = render_to_string("notices/mail.txt", context)
        html = render_to_string("notices/mail.html", context)
    subject = " ".join(notice.title.split())
    return Letter(str(row.uuid), person.email, subject, text, html)


@transaction.atomic
def _sent(row: Delivery, receipt: Receipt, *, at: datetime) -> None:
    Delivery.objects.filter(pk=row.pk, state=State.SENDING).update(
        state=State.SENT, sent_at=at, receipt=receipt.number, error="", is_unclear=False, next_at=None
    )
    if row.check_of is not None:
        row.check_of.code = None
        row.check_of.save(update_fields=["code"])


@transaction.atomic
def _failed(row: Delivery, error: NotSent, *, at: datetime) -> None:
    """Note why, and when it is tried again; a code that nobody waits for any more is given up at once."""
    text = str(error)[:500].replace("\x00", "")
    DeliveryTry.objects.create(delivery=row, at=at, number=row.tries, code=error.code[:100], error=text)
    wait = WAITS[row.tries - 1] if row.tries <= len(WAITS) and not error.is_final else None
    again = at + wait if wait else None
    if row.check_of is not None and again and again >= row.check_of.expires_at:
        again = None
    state = State.FAILED if again else State.PERMANENT
    Delivery.objects.filter(pk=row.pk).update(
        state=state, error=text, next_at=again, is_unclear=row.is_unclear or error.is_unclear
    )
    if again:
        enqueue(JOB, at=again, delivery_id=row.pk)


@transaction.atomic
def sent_by_hand(row: Delivery, *, number: str, by: Actor, at: datetime) -> bool:
    """Note that a person sent a stuck message on the provider's own page; False when it is out already."""
    stuck = Delivery.objects.filter(pk=row.pk, state__in=(State.FAILED, State.PERMANENT, State.OFF))
    if not stuck.update(state=State.SENT, sent_at=at, receipt=number[:100], error="", next_at=None):
        return False
    record(DELIVERIES, action="delivery.sent_by_hand", by=by, at=at, facts={"delivery": row.pk})
    return True


@transaction.atomic
def repeat_delivery(row: Delivery, *, by: Actor, at: datetime) -> bool:
    """Have a message that did not arrive tried again, with all its tries; False when it is out already."""
    return bool(_repeat(Delivery.objects.filter(pk=row.pk), by=by, at=at))


@transaction.atomic
def repeat_deliveries(*, channel: str = "", by: Actor, at: datetime, limit: int = 2000) -> int:
    """Have what was given up tried again (of one channel, if given), oldest first; gives the number."""
    rows = Delivery.objects.filter(notice__isnull=False)
    if channel:
        rows = rows.filter(channel=channel)
    numbers = rows.filter(state__in=(State.PERMANENT, State.OFF)).order_by("id").values_list("pk", flat=True)
    return _repeat(Delivery.objects.filter(pk__in=list(numbers[:limit])), by=by, at=at)


def _repeat(rows, *, by: Actor, at: datetime) -> int:  # type: ignore[no-untyped-def]
    states = (State.FAILED, State.PERMANENT, State.OFF)
    numbers = list(rows.filter(state__in=states).select_for_update().values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=numbers).update(state=State.QUEUED, tries=0, next_at=None)
    for number in numbers:
        enqueue(JOB, delivery_id=number)
    if numbers:
        facts = {"number": len(numbers), "deliveries": numbers[:50]}
        record(DELIVERIES, action="delivery.repeated", by=by, at=at, facts=facts)
    return len(numbers)
