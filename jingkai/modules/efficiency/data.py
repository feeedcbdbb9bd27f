"""Plain data of efficiency: by what figures are put together, what they are narrowed by, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Dimension(StrEnum):
    """By what figures are put together."""

    ITEM = "item"
    UNIT = "unit"
    PERSON = "person"
    MONTH = "month"
    PACKAGE = "package"


class Measure(StrEnum):
    """What one cell of a crossed table shows."""

    COUNT = "count"
    ACTUAL = "actual"
    COMPRESSION = "compression"
    ON_TIME = "on_time"
    ONE_VISIT = "one_visit"
    RETURNED = "returned"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which facts count: months (both included), and what they are narrowed by.

    `units` is what the asking person may see at all (None: everything). `simulated` None takes both.
    """

    since: date
    until: date
    units: tuple[int, ...] | None = None
    item: str = ""
    unit: int | None = None
    person: int | None = None
    package: str = ""
    day_unit: str = ""
    simulated: bool | None = None

    def year_before(self) -> Scope:
        """The same months of the year before."""
        return replace(
            self,
            since=self.since.replace(year=self.since.year - 1),
            until=self.until.replace(year=self.until.year - 1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the items of one row, in one unit of days; the year before may stand beside.

    Sums and percentiles of days are those of all items of the row; `promised` takes the statutory limit
    where nothing shorter is promised. `held` are the days left out, by reason.
    """

    key: str
    day_unit: str
    count: int
    statutory: int
    promised: int
    actual: int
    statutory_median: float
    statutory_p90: float
    promised_median: float
    promised_p90: float
    actual_median: float
    actual_p90: float
    on_time: int
    one_visit: int
    returned: int
    corrected: int
    simulated: int
    held_days: int
    held: Mapping[str, int] = field(default_factory=dict)
    before: Figures | None = None

    @property
    def compression(self) -> float | None:
        """Per cent of the statutory days that were not needed; None where no days are set."""
        return round((self.statutory - self.actual) * 100 / self.statutory, 1) if self.statutory else None

    @property
    def on_time_rate(self) -> float:
        """Per cent concluded by the due day."""
        return round(self.on_time * 100 / self.count, 1)

    @property
    def one_visit_rate(self) -> float:
        """Per cent for which the applicant had to come once at most (最多跑一次)."""
        return round(self.one_visit * 100 / self.count, 1)


@dataclass(frozen=True, slots=True)
class Zone:
    """Another zone that is asked for its figures: its name, its address, a token with `efficiency:read`."""

    name: str
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name as people read it, of a unit, item, person or package."""

    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One item whose row differs from its matter: `missing`, `superfluous`, or the names of fields."""

    item_id: int
    what: str
