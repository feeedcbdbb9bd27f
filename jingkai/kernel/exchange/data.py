"""What passes the door to other systems, as plain data. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Word = Any
"""A text for people: a string, or a lazily translated one."""

PURPOSES = ("sms", "licences", "seals", "todo", "webhook", "login", "hall", "projects", "hotline", "other")
"""What a host outside may be called for; an entry of the allow-list names one or several of them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing that a token may be allowed to do in the interface: `code` reads `things:verb`."""

    code: str
    name: str
    name_en: str
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """The other system behind a call: its token, what it may do, and whose matters it sees.

    `enterprise_id` None means all matters of the zone.
    """

    token_id: int
    name: str
    scopes: frozenset[str]
    enterprise_id: int | None


@dataclass(frozen=True, slots=True)
class RouterEntry:
    """A part of the interface that an app brings along: where it stands, and its router by dotted path."""

    prefix: str
    path: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """A fact that other systems may be told of by webhook; its payload holds ids and addresses only."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address outside that the installation's own environment names: it stands on the allow-list by that.

    Whoever sets the environment decides where the product runs, so such a host may also be inside.
    """

    purpose: str
    name: Word
    address: Callable[[], str]
    tls: Callable[[], str] = lambda: ""
    """How a service that speaks no HTTP is encrypted: "tls" from the first byte, "starttls", or not."""


@dataclass(frozen=True, slots=True)
class Target:
    """One host that may be called: how, what for, and whether it may stand inside the network."""

    host: str
    port: int
    purposes: frozenset[str]
    internal: bool = False
    plain_http: bool = False
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """How the own address speaks encrypted: `disbelief` says why its certificate is not believed, if so.

    `old`: TLS before 1.2 is spoken; `weak`: ciphers without forward secrecy are accepted.
    """

    address: str
    disbelief: str
    old: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take from beginning to end, and how much it may bring back."""

    seconds: float = 10.0
    connect: float = 3.0
    most_bytes: int = 2 * 1024 * 1024
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from outside; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status says that all went well."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Read the body as JSON. Errors: ValueError."""
        import json

        return json.loads(self.content)

    def json_or_none(self) -> Any:
        """The body as JSON, or None where it is something else: with the status that tells more."""
        try:
            return self.json()
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Streamed:
    """What comes back from outside piece by piece; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    parts: Iterator[bytes]

    @property
    def ok(self) -> bool:
        """Whether the status says that all went well."""
        return 200 <= self.status < 300


class CallFailed(Exception):
    """A call outside brought no answer. `is_unclear`: it may have had its effect there all the same."""

    is_unclear = False

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class CallRefused(CallFailed):
    """We did not call: the target is not on the allow-list, or its address is one that we never call."""


class NotReached(CallFailed):
    """Nobody answered there; nothing was sent."""


class NoAnswer(CallFailed):
    """The call went out, and no whole answer came back."""

    is_unclear = True


# --- exchanges ------------------------------------------------------------------------------------

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class PayloadField:
    """One field of what is exchanged: its name on the copy sheet, and what of it is personal."""

    name: str
    label: Word
    personal: Literal["", "name", "phone", "identity", "code"] = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the outside system answered to a thing that we sent: its own number for it, and further facts."""

    number: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The outside system understood and said no: trying again changes nothing, a person must look."""


class Unanswered(Exception):
    """The outside system is slow, down, or answers nonsense: what was to be told waits and is told later."""


@dataclass(frozen=True, slots=True)
class ExchangeKind:
    """One kind of thing that is exchanged with one outside system.

    `carry_out(payload, key) -> Reply` sends one (out only; the key goes with it, so that the other side can
    tell a repetition); it raises `Refused` or `Unanswered`. `is_connected()` says whether there is a way at
    all; without one a thing waits for a hand that copies it over.
    """

    code: str
    system: str
    direction: Direction
    name: str
    name_en: str
    fields: tuple[PayloadField, ...] = ()
    carry_out: Callable[[Mapping[str, Any], str], Reply] | None = None
    is_connected: Callable[[], bool] = lambda: False
    settled: str = ""


@dataclass(frozen=True, slots=True)
class OutsideSystem:
    """A system outside that we exchange things with."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHealth:
    """How one system outside does, and what waits to go out to it.

    `state`: ok, failing (failed last time), silent (left alone for a while), hand (a person must copy
    something over), unknown (nothing was sent yet), off (no way to it).
    """

    code: str
    state: str
    connected: bool
    waiting: int
    by_hand: int
    oldest: datetime | None
    last_ok_at: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One thing that a person may copy over: its key, what it is, what hinders it, since when."""

    key: str
    subject: str
    note: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetFields:
    """One thing on one screen, in the order of the other system: field and value; `url` leads to it here."""

    subject: str
    fields: list[tuple[Word, str]]
    url: str = ""


@dataclass(frozen=True, slots=True)
class CopySheet:
    """What people copy over by hand where a connector other than the journal of exchanges has no way.

    `lines(at)` gives what waits (a hundred at most), `fields(key)` one of it, None where there is no such
    thing; `done(key, number, by, at)` notes that it was copied, where that is to be noted, and tells whether
    there was anything left to note: of two people who are done at once, one is.
    """

    code: str
    name: str
    name_en: str
    advice: Word
    lines: Callable[[datetime], list[SheetLine]]
    fields: Callable[[str], SheetFields | None]
    done: Callable[[str, str, Any, datetime], bool] | None = None


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A list that can be taken along whole: its columns, its rows page by page, and how many there are.

    `rows` and `count` take the person's actor, the query of the list's address and the moment; both are asked
    in one snapshot of the database.
    """

    code: str
    label: Word
    head: Callable[[], list[tuple[str, int]]]
    rows: Callable[[Any, str, datetime], Iterator[Any]]
    count: Callable[[Any, str, datetime], int]
    permission: str | None = None


WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long to wait after each failed try; the last one from then on."""


def wait_after(tries: int) -> timedelta:
    """Give the wait after so many failed tries."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


BREAK_AFTER = 5
"""So many failures one after the other, and a system is left alone for a while."""


def break_for(failures: int) -> timedelta:
    """How long a failing system is left alone: a minute, doubled with each failure, at most half an hour."""
    doublings = max(0, min(failures - BREAK_AFTER, 10))
    return min(timedelta(minutes=1) * int(2**doublings), timedelta(minutes=30))
