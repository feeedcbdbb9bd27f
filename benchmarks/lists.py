"""Case lists and inboxes as the engine gives them: the same cost for an officer as for a leader, few or many.

Two databases, one with few and one with many cases, are asked in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from benchmarks.installation import DATABASE, SMALL, Installation
from benchmarks.measuring import Found, measure_in_turns, queries_of, ratio
from benchmarks.report import Goal, Table
from jingkai.casework.cases import api
from jingkai.casework.cases.data import CaseFilters, Cursor
from jingkai.kernel.organisation.testing import Cast

MOST_QUERIES = 8
MOST_GROWTH = 1.2
MOST_PRIVILEGE = 1.2
REPEATS = 30
NOTE = (
    f"Each drawn {REPEATS} times, the four columns in turns. The officer sees one case in a hundred: where "
    "her filtered list of few cases has less than 50 rows, the ratio tells of rows, not of the table's size."
)


@dataclass(slots=True)
class Sizes:
    """The two databases and how many cases are in each."""

    installation: Installation
    few: int
    many: int

    def draws(self, draw: Callable[[], Any]) -> list[Callable[[], Any]]:
        """Do the same in the small and in the large database."""
        return [Within(self.installation, name, draw) for name in (SMALL, DATABASE)]


@dataclass(slots=True)
class Within:
    """Something done inside one of the databases."""

    installation: Installation
    name: str
    draw: Callable[[], Any]

    def __call__(self) -> Any:
        with self.installation.using(self.name):
            return self.draw()

    def count_queries(self) -> int:
        """Count its queries."""
        with self.installation.using(self.name):
            return queries_of(self.draw)


@dataclass(slots=True)
class Four:
    """One list or page: an officer and a leader, few and many cases, drawn in turns."""

    officer_few: Found
    officer_many: Found
    leader_few: Found
    leader_many: Found

    @classmethod
    def measure(
        cls, sizes: Sizes, officer: Callable[[], Any], leader: Callable[[], Any], repeats: int
    ) -> Four:
        """Draw all four in turns."""
        return cls(*measure_in_turns([*sizes.draws(officer), *sizes.draws(leader)], repeats))

    @property
    def queries(self) -> int:
        """The most queries of the four."""
        return max(one.queries for one in (self.officer_few, self.officer_many, *self._leaders))

    @property
    def growth(self) -> float:
        """How much more it costs with many cases than with few, for the worse of the two people."""
        return max(ratio(self.officer_many, self.officer_few), ratio(self.leader_many, self.leader_few))

    @property
    def privilege(self) -> float:
        """How much more the restricted officer pays than the leader, with many cases."""
        return ratio(self.officer_many, self.leader_many)

    @property
    def slowest(self) -> float:
        """The worst p99 with many cases, in milliseconds."""
        return max(self.officer_many.p99, self.leader_many.p99)

    @property
    def _leaders(self) -> tuple[Found, Found]:
        return self.leader_few, self.leader_many

    def cells(self) -> list[str]:
        """Give the cells of its row."""
        return [
            str(self.queries),
            str(self.officer_few),
            str(self.officer_many),
            str(self.leader_few),
            str(self.leader_many),
            f"{ratio(self.officer_many, self.officer_few):.2f}",
            f"{ratio(self.leader_many, self.leader_few):.2f}",
            f"{self.privilege:.2f}",
        ]


@dataclass(slots=True)
class FourTable:
    """A table whose rows are measured four times each."""

    title: str
    first: str
    sizes: Sizes
    rows: dict[str, Four] = field(default_factory=dict)
    judged: Collection[str] = ()
    """The rows for which there are targets; all, unless some are named."""

    def columns(self) -> Sequence[str]:
        """Give the headings."""
        few, many = (f"{number // 1000:,}k" for number in (self.sizes.few, self.sizes.many))
        return (
            self.first,
            "queries",
            f"officer, {few}: ms p50 / p99",
            f"officer, {many}",
            f"leader, {few}",
            f"leader, {many}",
            f"officer {many} / {few}",
            f"leader {many} / {few}",
            f"officer / leader, {many}",
        )

    def table(self, what: str, *, note: str = "") -> Table:
        """Give the table with its targets."""
        table = Table(self.title, self.columns(), note=note)
        table.rows = [(name, *four.cells()) for name, four in self.rows.items()]
        judged = self.judged or self.rows
        worst_growth = max(judged, key=lambda name: self.rows[name].growth)
        worst_privilege = max(judged, key=lambda name: self.rows[name].privilege)
        queries = max(judged, key=lambda name: self.rows[name].queries)
        growth, privilege = self.rows[worst_growth].growth, self.rows[worst_privilege].privilege
        most = self.rows[queries].queries
        table.goals = [
            Goal(f"{what}: queries (most: {queries})", f"{most}", f"≤ {MOST_QUERIES}", most <= MOST_QUERIES),
            Goal(
                f"{what}: {self.sizes.many:,} cases against {self.sizes.few:,} (worst: {worst_growth})",
                f"{growth:.2f} ×",
                f"≤ {MOST_GROWTH} ×",
                growth <= MOST_GROWTH,
            ),
            Goal(
                f"{what}: restricted officer against leader (worst: {worst_privilege})",
                f"{privilege:.2f} ×",
                f"≤ {MOST_PRIVILEGE} ×",
                privilege <= MOST_PRIVILEGE,
            ),
        ]
        return table


def measure_lists(cast: Cast, sizes: Sizes) -> list[Table]:
    """Draw the lists of an officer and of a leader in both databases."""
    now = timezone.now()
    found = FourTable("Lists as the engine gives them: 50 rows, with applicants and holders", "list", sizes)
    officer, leader = cast.officer_fire, cast.leader
    for name, asked in _case_lists(now).items():
        found.rows[name] = Four.measure(
            sizes, partial(_page, officer, now, asked), partial(_page, leader, now, asked), REPEATS
        )
    inboxes: dict[str, Callable[[Any], Any]] = {
        "inbox: on me": lambda who: api.tasks_on(persons=[who.party_id or 0], at=now),
        "inbox: in my pools": lambda who: api.tasks_in_pools(pools=who.pools, posts=who.post_ids, at=now),
        "inbox: handled by me": lambda who: api.handled_by(persons=[who.party_id or 0], at=now),
        "count of cases": lambda who: api.count_cases(grantees=who.grantees, at=now),
    }
    for name, draw in inboxes.items():
        found.rows[name] = Four.measure(sizes, partial(draw, officer), partial(draw, leader), REPEATS)
    found.judged = [name for name in found.rows if "word" not in name]
    return [found.table("lists", note=NOTE)]


def _case_lists(now: Any) -> dict[str, dict[str, Any]]:
    return {
        "newest first": {},
        "deep in the list": {"after": Cursor(now - timedelta(hours=250), 1)},
        "by due date": {"sort": "due"},
        "only open": {"filters": CaseFilters(state="open")},
        "red light": {"filters": CaseFilters(light="red")},
        "one kind": {"filters": CaseFilters(kind="supervision")},
        "found by a rare word": {"filters": CaseFilters(text="L000000450")},
        "found by a word of all": {"filters": CaseFilters(text="厂房")},
    }


def _page(viewer: Any, now: Any, asked: dict[str, Any]) -> None:
    api.page_of_cases(grantees=viewer.grantees, at=now, limit=50, **asked)
