"""Plain data of the service hall."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum


class RatingLevel(IntEnum):
    """The five levels of 好差评 (GB/T 39735); two or less is a bad rating."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


class Hindrance(StrEnum):
    """Why an item cannot be handed in by itself today."""

    NOT_PUBLISHED = "not_published"
    NO_POWER = "no_power"
    NOBODY = "nobody"


@dataclass(frozen=True)
class FaultLine:
    """One material that is wrong, and what the applicant must do, in the clerk's words."""

    material_id: int
    text: str


@dataclass(frozen=True)
class PermitAnswer:
    """What the provincial licence system answers: a permit number and its file."""

    number: str
    issuer: str
    issued_on: date
    file: bytes
    file_name: str


@dataclass(frozen=True)
class JourneyEntry:
    """One line of a tracking page: what happened, who holds it, since when, due when."""

    title: str
    detail: str
    at: datetime | None
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledItem:
    """One item whose clock has ended: what statistics may know of it.

    Days are in `day_unit`, the limit's own. `holds` are the days left out, by reason. `trips` is how often
    the applicant had to come: what the item asks for, and once more for a correction. `returned` counts how
    often the work was sent back.
    """

    item_id: int
    application_id: int
    case_id: int
    reference: str
    title: str
    title_en: str
    enterprise_id: int
    package_code: str
    package_name: str
    package_name_en: str
    item_code: str
    item_name: str
    item_name_en: str
    unit_id: int
    person_id: int | None
    started_on: date
    concluded_on: date
    outcome: str
    day_unit: str
    statutory: int
    promised: int | None
    actual: int
    extended: int
    on_time: bool
    trips: int
    corrections: int
    returned: int
    simulated: bool
    holds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RatedItem:
    """One item of a package that may be rated, by its branch."""

    branch: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedMatter:
    """A matter as far as its rating is concerned: what was done, by which unit and person, for whom.

    `level` is 0 until it is rated; `finished` tells whether it may be. Where several items of a package have
    a result of their own, `choices` names them: whoever rates says which of them it is about.
    """

    application_id: int
    uuid: str
    case_id: int
    case_uuid: str
    reference: str
    title: str
    title_en: str
    item_code: str
    item_name: str
    item_name_en: str
    unit_id: int
    person_id: int | None
    enterprise_id: int
    handler_id: int
    finished: bool
    level: int = 0
    reasons: tuple[str, ...] = ()
    comment: str = ""
    rated_by_id: int | None = None
    rated_at: datetime | None = None
    choices: tuple[RatedItem, ...] = ()


@dataclass(frozen=True)
class ImportFault:
    """Why a row of an import was refused: its sheet, row and column, and the reason in words."""

    row: int
    column: str
    reason: str
    sheet: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One item as an import gives it: only what it says, by the fields' names; `limit` is days and unit."""

    row: int
    code: str
    content: dict[str, object]
    limit: tuple[int, str] | None = None


@dataclass(frozen=True)
class MaterialCheck:
    """A way to tell which handed-in materials of an application count no more, by their codes.

    Whoever knows how long a material is good for registers one (`queries.material_checks`); an item does not
    begin on a material that has expired.
    """

    name: str
    expired: Callable[[int, date], Collection[str]]


@dataclass(frozen=True)
class RatingPages:
    """Where ratings are given and followed, by the names of the pages.

    Whoever keeps ratings registers this once (`queries.rating_pages`); `give` takes the matter's address,
    `own` lists what the enterprise has said and what became of it.
    """

    give: str
    own: str


@dataclass(frozen=True)
class ItemRecord:
    """What was done on one item of one matter, with its days: what statistics count.

    `statutory`, `promised` and `actual` are working days, computed from limit, clock and calendar;
    `limit_days` and `limit_unit` are the limit as the law says it. `held` are the days left out, by reason. A
    conditional result counts as the end of the work; `is_formal` says whether it has turned formal.
    """

    id: int
    application_id: int
    case_id: int | None
    reference: str
    item_id: int
    item_code: str
    branch: str
    unit_id: int
    officer_id: int | None
    submitted_on: date | None
    started_on: date
    ended_on: date | None
    due_on: date
    limit_days: int
    limit_unit: str
    statutory: int
    promised: int
    actual: int
    held: tuple[tuple[str, int], ...]
    on_time: bool | None
    outcome: str
    simulated: bool
    is_formal: bool
    returned: bool
