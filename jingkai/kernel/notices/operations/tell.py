"""Telling people something: a notice on the page, and messages out of the zone where asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jingkai.kernel.events.api import enqueue_many
from jingkai.kernel.hooks.api import Prepared, insert_rows
from jingkai.kernel.notices.connectors import mail, sms
from jingkai.kernel.notices.data import EMAIL, PAGE, SMS, NoticeKind, Texts
from jingkai.kernel.notices.models import Delivery, Notice, NoticeTemplate
from jingkai.kernel.notices.queries.texts import source_of, texts_from
from jingkai.kernel.notices.rules.kinds import fill, kinds, slots_of
from jingkai.kernel.parties.models import Person


@dataclass(frozen=True, slots=True)
class Reader:
    """A person to be told: their language, and which addresses they have (these stay encrypted here)."""

    id: int
    language: str
    has_phone: bool
    has_email: bool


TITLE, FACT = 200, 500


def notify(
    *,
    to: Collection[int],
    kind: str,
    at: datetime,
    title: str = "",
    body: str = "",
    facts: Mapping[str, Any] | None = None,
    url: str = "",
    channels: Collection[str] | None = None,
    case_ref: str = "",
    key: str = "",
) -> list[Notice]:
    """Tell persons (party numbers) something, each in their own language, with few questions for any number.

    The text comes from the kind's template filled with `facts`; `title` and `body` go before it. Where no
    `channels` are given, those of the kind are used; the page always carries the notice. With a `key` (of the
    event that led here, say) nobody is told the same twice.
    """
    people = _readers(to)
    given = {name: _as_text(value) for name, value in (facts or {}).items()}
    given.setdefault("reference", case_ref)
    if title:
        given.setdefault("title", title)
    wording = _Wording(kind, given, title, body)
    wanted = set(wording.channels() if channels is None else channels) - {PAGE}
    with transaction.atomic(savepoint=False):
        notices = _store(people, wording, kind=kind, url=url, case_ref=case_ref, key=key, at=at)
        _deliver(notices, {one.id: one for one in people}, wording, wanted, at=at)
    return notices


def _readers(to: Collection[int]) -> list[Reader]:
    people = _PEOPLE.fetch(ids=sorted(set(to)))
    return [Reader(one.pk, one.language, bool(one.phone_hash), bool(one.email_hash)) for one in people]


_PEOPLE = Prepared(
    lambda slots: (
        Person.objects.filter(pk__in=slots.numbers("ids"), party__active=True)
        .only("language", "phone_hash", "email_hash")
        .order_by("pk")
    )
)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)[:FACT]


class _Wording:
    """The text of one notice in the languages of its readers."""

    def __init__(self, kind: str, facts: Mapping[str, str], title: str, body: str) -> None:
        self.kind, self.facts, self.title, self.body = kind, facts, title, body
        self._texts: dict[str, Texts] = {}
        self._known = kind if kinds.get(kind) else "general"

    @cached_property
    def _source(self) -> NoticeTemplate | NoticeKind:
        return source_of(self._known)

    def channels(self) -> tuple[str, ...]:
        """Give the ways of the kind where the caller names none."""
        return tuple(self._source.channels) if self._known == self.kind else ()

    def texts(self, language: str) -> Texts:
        """Give the template in a language; an undeclared kind is worded by the general one."""
        name = "en" if language.startswith("en") else "zh-hans"
        if name not in self._texts:
            self._texts[name] = texts_from(self._source, self._known, name)
        return self._texts[name]

    def heading(self, language: str) -> str:
        """Give the title, cut to what a line holds."""
        return (self.title or fill(self.texts(language).title, self.facts))[:TITLE]

    def text(self, language: str) -> str:
        """Give the body."""
        return self.body or fill(self.texts(language).body, self.facts)

    def params(self, language: str) -> dict[str, str]:
        """Give the facts that the text message uses."""
        facts = {"title": self.heading(language), **self.facts}
        return {name: facts.get(name, "") for name in slots_of(self.texts(language).sms)}


def _store(
    people: Sequence[Reader], wording: _Wording, *, key: str, at: datetime, **same: str
) -> list[Notice]:
    told = set()
    if key:
        told = set(Notice.objects.filter(key=key, to__in=[p.id for p in people]).values_list("to", flat=True))
    rows = [
        Notice(
            to_id=one.id,
            key=key,
            at=at,
            title=wording.heading(one.language),
            body=wording.text(one.language),
            **same,
        )
        for one in people
        if one.id not in told
    ]
    try:
        with transaction.atomic(savepoint=bool(key)):
            return insert_rows(rows)
    except IntegrityError:
        if not key:
            raise
        return _store(people, wording, key=key, at=at, **same)  # another worker told somebody meanwhile


def _deliver(
    notices: Sequence[Notice],
    people: Mapping[int, Reader],
    wording: _Wording,
    channels: Collection[str],
    *,
    at: datetime,
) -> None:
    rows = [
        row
        for notice in notices
        for channel in sorted(channels)
        if (row := _delivery(notice, people[notice.to_id], channel, wording, at)) is not None
    ]
    insert_rows(rows)
    waiting = [{"delivery_id": row.pk} for row in rows if row.state == Delivery.State.QUEUED]
    enqueue_many("notices.deliver", waiting)


def _delivery(
    notice: Notice, person: Reader, channel: str, wording: _Wording, at: datetime
) -> Delivery | None:
    """Make one message; None for a person without such an address."""
    reachable, ready = {
        EMAIL: (person.has_email, mail.is_set_up()),
        SMS: (person.has_phone, sms.is_set_up()),
    }[channel]
    if not reachable:
        return None
    state = Delivery.State.QUEUED if ready else Delivery.State.OFF
    row = Delivery(notice=notice, channel=channel, created_at=at, state=state)
    if channel == SMS:
        row.sms_code = wording.texts(person.language).sms_code
        row.params = wording.params(person.language)
    return row
