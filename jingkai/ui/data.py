"""Everything a page hands to the design system, as frozen dataclasses.

Standard library only: any stratum may build these without importing Django. Texts arrive translated.
Percentages are numbers from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

Tone = Literal["ok", "warn", "late", "hold", "none"]
"""The five lights: in order, due soon, overdue, clock held, no clock."""

StepState = Literal["done", "now", "next", "held", "returned"]
"""Where a step of a journey or of a form stands."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of a menu; `late` paints its count as overdue."""

    label: str
    url: str
    icon: str = ""
    count: int | None = None
    late: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A titled group of menu links; the first group usually has no title."""

    label: str
    items: Sequence[MenuItem]


@dataclass(frozen=True, slots=True)
class Language:
    """A language the interface can be shown in: its code and its own name for itself."""

    code: str
    name: str


LANGUAGES = (Language("zh-hans", "中文"), Language("en", "EN"))


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds every page: the zone's name, who is logged in, and the menus they may use.

    It can be compared and hashed as a whole: its sequences are tuples. `groups` fills the staff rail, `nav`
    the public header, `bar` the phone's bottom bar (at most four; when empty the first four of the rail),
    `account` the user menu, `footer` the public footer.
    """

    zone_name: str
    mark: str = "经"
    home_url: str = "/"
    user_name: str = ""
    user_unit: str = ""
    groups: Sequence[MenuGroup] = ()
    nav: Sequence[MenuItem] = ()
    bar: Sequence[MenuItem] = ()
    account: Sequence[MenuItem] = ()
    footer: Sequence[MenuItem] = ()
    footer_lines: Sequence[str] = ()
    unread: int = 0
    unread_url: str = ""
    search_url: str = ""
    search_hint: str = ""
    login_url: str = ""
    register_url: str = ""
    logout_url: str = ""
    languages: Sequence[Language] = LANGUAGES
    demo: bool = False

    @property
    def itself(self) -> Shell:
        """The frame itself, also where a page has but a promise of it."""
        return self

    @property
    def bottom(self) -> Sequence[MenuItem]:
        """The links of the phone's bottom bar, never more than four."""
        rail = [item for group in self.groups for item in group.items]
        return (list(self.bar) or rail)[:4]


@dataclass(frozen=True, slots=True)
class Light:
    """A status told three times over: by colour, by shape and by word."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a bar, both ends in percent of its length."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ClockBar:
    """One department's clock: time used, time held, and the promised limit as a red line.

    All positions are percent of the bar, whose full length the caller chooses (usually the statutory limit).
    `detail` says the same in words for those who do not see the bar.
    """

    label: str
    light: Light
    used_percent: float
    promised_percent: float | None = None
    held: Sequence[Span] = ()
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One event of a matter's journey, newest first, as on a parcel."""

    title: str
    at: datetime | None = None
    who: str = ""
    note: str = ""
    state: StepState = "done"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a form that is filled in over several pages."""

    label: str
    state: StepState = "next"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab over a list, with the number of things behind it."""

    label: str
    url: str
    count: int | None = None
    current: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One place above the current page; the last has no URL."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging: the URL of the newer and of the older page, empty where there is none."""

    newer_url: str = ""
    older_url: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with an optional second line beneath it."""

    label: str
    url: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts under each other, and smaller ones beneath them; a short text is never broken."""

    texts: Sequence[str]
    under: Sequence[str] = ()


Cell: TypeAlias = str | int | float | date | datetime | Light | Link | Lines | None
"""What a cell or a fact may hold; a safe string is printed as HTML."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list; `kind` chooses alignment, `sort_url` makes its head a link.

    Kinds: text, title (the wide one, leads on a phone), light, number, date, actions.
    """

    label: str
    kind: Literal["text", "title", "light", "number", "date", "actions"] = "text"
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    hidden_label: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: as many cells as there are columns.

    Who shows the same line again and again gives it a place for what was drawn of it, by the list's columns.
    """

    cells: Sequence[Cell]
    value: str = ""
    muted: bool = False
    drawn: dict[Any, str] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A list: its columns and lines, and what it is a list of.

    `select` names the checkbox of each line (its value is `Row.value`); empty means lines cannot be ticked.
    `wide` lists have many columns: they scroll sideways instead of keeping their head in sight.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    select: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One label and its value in a list of facts; `wide` takes a full line."""

    label: str
    value: Cell
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said about a matter; `proxy` names who entered it for them."""

    who: str
    text: str
    unit: str = ""
    at: datetime | None = None
    verdict: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A stored file: its name, where it opens, its size in bytes, and where it is removed."""

    name: str
    url: str
    size: int | None = None
    note: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something kept already that can be taken instead of an upload: `value` goes with the button `use`."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One required or given document of a matter.

    `upload_url` empty means nothing can be added; `files` are those already given; `offers` can be taken
    from what is kept.
    """

    name: str
    key: str
    required: bool = True
    note: str = ""
    light: Light | None = None
    files: Sequence[FileLink] = ()
    upload_url: str = ""
    sample_url: str = ""
    blank_url: str = ""
    accept: str = ""
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure of a strip: large number, unit, and one small remark."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone = "none"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a stacked bar."""

    label: str
    value: float
    tone: Tone = "none"


@dataclass(frozen=True, slots=True)
class StackedBar:
    """One line of a stacked bar chart; `text` is the total as people read it."""

    label: str
    parts: Sequence[Part]
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One node of a flow picture, for the list that stands beside the picture."""

    id: str
    label: str
    state: StepState = "next"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work: how far it is, and where to ask again; no percentage means unknown."""

    label: str
    percent: float | None = None
    text: str = ""
    state: Literal["running", "done", "failed"] = "running"
    poll_url: str = ""
    result_url: str = ""
    result_label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """An ECharts option with the same figures as a table, for those who cannot see it."""

    title: str
    option: Mapping[str, object]
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str | int | float]] = ()
    tall: bool = False
