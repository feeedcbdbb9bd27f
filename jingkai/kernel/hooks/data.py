"""What apps hang into each other's pages, and the error that people may read.

Standard library only. Callables take the request because it carries the actor and the moment
(`request.actor`, `request.at`); its type is left open so that this file needs no framework.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

Place = Literal["rail", "nav", "account", "footer"]
"""Where a menu entry stands: the staff rail, the public header, the user menu, the public footer."""

Word = Any
"""A text for people: a string, or a lazily translated one that is read when the page is drawn."""


class PersonFacingError(Exception):
    """An error that is shown to the person in words, with what to do next.

    A subclass beside its raiser sets `sentence` and `advice` (lazily translated, placeholders as
    `%(name)s`) and gives the facts on raising: `super().__init__(reference=case.reference)`. `status` is
    the HTTP status of the page; 409 says that the state of the matter, not the form, stood in the way.
    `retry_after` are the seconds after which the same may be tried again; 0: nobody knows.
    """

    sentence: Word = ""
    advice: Word = ""
    status: int = 409
    retry_after: int = 0

    def __init__(
        self, sentence: Word = "", advice: Word = "", *, status: int | None = None, **facts: object
    ) -> None:
        self.facts = facts
        self.sentence = _filled(sentence or type(self).sentence, facts)
        self.advice = _filled(advice or type(self).advice, facts)
        if status is not None:
            self.status = status
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


def _filled(text: Word, facts: Mapping[str, object]) -> Word:
    return str(text) % facts if facts and text else text


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One link in a menu; shown when the actor holds `permission` (None: to everyone of `kinds`).

    `count(request)` gives the number beside the label, or None for no number. It runs on every page: answer
    from something that the page loads anyway, or register the counts of several entries at once in
    `menu_counts`.
    """

    label: Word
    url_name: str
    icon: str = ""
    group: Word = ""
    order: int = 100
    permission: str | None = None
    count: Callable[[Any], int | None] | None = None
    place: Place = "rail"
    kinds: tuple[str, ...] = ("staff",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A small number that every page shows, asked for together with the others in one statement.

    `sql` gives one bounded count and names its parameters with a prefix of its own; `values(request)` fills
    them, or is None where nothing is to be counted.
    """

    name: str
    sql: str
    values: Callable[[Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A piece of a page that another app owns: a template and the data for it.

    `context(request, subject)` gives the template's data, or None when the piece has nothing to show this
    person; `subject` is what the page is about (the case's id for a case tab, None for a board).
    """

    key: str
    label: Word
    template: str
    context: Callable[[Any, Any], Mapping[str, Any] | None]
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTab(Section):
    """A tab on the page of a case; `kinds` limits it to cases of these kinds (empty: all).

    `before_acts` places it above what the person has to do: for what they must know before they act.

    `has_any()` gives an expression over the row of a case, as `Exists(…OuterRef("pk"))`, read along with the
    case: where it is false, `without` gives the data and `context` is not asked; without it there is nothing
    to show.
    """

    kinds: tuple[str, ...] = ()
    before_acts: bool = False
    has_any: Callable[[], Any] | None = None
    without: Callable[[Any, Any], Mapping[str, Any] | None] | None = None

    @property
    def mark(self) -> str:
        """The name under which the case's row tells whether there is anything."""
        return f"has_{self.key.replace('-', '_')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CockpitTile(Section):
    """A tile on the leaders' board."""

    wide: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a doctor's check found, and what to do about it."""

    state: Literal["ok", "warn", "fail"]
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One question that `jingkai doctor` asks of the installation."""

    name: str
    run: Callable[[], CheckResult]


@dataclass(frozen=True, slots=True)
class FileReadCheck:
    """Who may read the files of one kind of owner: `may_read(actor, owner_id)`."""

    owner_kind: str
    may_read: Callable[[Any, int], bool]


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job that runs by the clock, for apps that stand below the job queue.

    `path` is the dotted path of a function without arguments; `cron` is read in UTC.
    """

    name: str
    cron: str
    path: str
    label: Word = ""


class ShelfAway(PersonFacingError):
    """The shelf gave no answer that can be relied on: nothing is known of what was asked."""

    status = 503
    retry_after = 60


@dataclass(frozen=True, slots=True)
class ShelfThing:
    """One thing on the shelf: its name, size, and the mark by which the service tells contents apart.

    Most services give the MD5 of the bytes as their mark; one that encrypts by keys of its own does not.
    """

    name: str
    size: int
    mark: str


class Shelf(Protocol):
    """Where an installation on several machines lays what all of them need: `folder/name`, in a bucket.

    Every call may raise ShelfAway. What comes back is to be proved by whoever asked for it.
    """

    def put(self, name: str, path: Path) -> None:
        """Lay a file under a name, over what lay there."""

    def put_once(self, name: str, content: bytes) -> bool:
        """Lay bytes under a name where nothing lies; whether exactly these lie there now."""

    def bring(self, name: str, file: BinaryIO, size: int | None = None) -> str:
        """Write a thing into a file; gives the SHA-256 of what came. Error: FileNotFoundError."""

    def remove(self, name: str) -> None:
        """Take a thing away; nothing happens where there is none."""

    def things(self, folder: str, after: str = "") -> Iterator[ShelfThing]:
        """Walk over what lies right in a folder, in the order of names, beyond one of them."""
