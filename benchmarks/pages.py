"""Whole pages through HTTP (Django's test client): request, session, rights, templates and all."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.lists import Four, FourTable, Sizes
from benchmarks.report import Goal, Table
from jingkai.casework.inbox.operations import keep_figures
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.testing import Cast

REPEATS = 30
ROWS = 100
LISTS = ("desk", "case list", "cockpit")
"""The pages of which a target speaks; lists are opened with as many rows as a reader can choose."""
SLOWEST = 150
"""Milliseconds that 99 of 100 pages with 100,000 cases stay below."""

RESTRICTED = {"cockpit": "head_fire"}
"""Who stands for the restricted officer where not every officer may come."""


class Visits:
    """The people who open the pages; they log in before the databases part."""

    def __init__(self, cast: Cast, *, bare: object, matter: object) -> None:
        self.clients = {}
        for member in ("officer_fire", "head_fire", "leader"):
            self.clients[member] = Client(SERVER_NAME="localhost")
            log_in(self.clients[member], cast.actor(member))
        self.addresses = {
            "desk": f"{reverse('inbox:desk')}?rows={ROWS}",
            "case list": f"{reverse('inbox:cases')}?rows={ROWS}",
            "cockpit": reverse("inbox:cockpit"),
            "case page, no module": reverse("inbox:case", args=[bare]),
            "case page, a permit": reverse("inbox:case", args=[matter]),
        }

    def session(self, member: str) -> str:
        """The session of a member, for another way to the pages."""
        return next(value.OutputString(attrs=[]) for value in self.clients[member].cookies.values())

    def get(self, member: str, page: str) -> Any:
        """Open a page."""
        answer = self.clients[member].get(self.addresses[page])
        if answer.status_code != 200:
            raise AssertionError(f"{self.addresses[page]} answered {answer.status_code} to {member}")
        return answer


def measure_pages(visits: Visits, sizes: Sizes) -> list[Table]:
    """Open every page as an officer and as a leader in both databases."""
    for count in sizes.draws(partial(keep_figures, at=timezone.now())):
        count()  # what the job of every five minutes does
    title = "Pages through HTTP (Django's test client, one process)"
    found = FourTable(title, "page", sizes, judged=LISTS)
    for page in visits.addresses:
        officer = RESTRICTED.get(page, "officer_fire")
        found.rows[page] = Four.measure(
            sizes, partial(visits.get, officer, page), partial(visits.get, "leader", page), REPEATS
        )
    note = (
        f"Each opened {REPEATS} times, the four columns in turns. All queries of a page count, those for "
        "session, user and rights included. The cockpit's restricted reader is the head of one unit; its "
        "figures were counted ahead, as the job of every five minutes does, and its tiles are pages of their "
        "own. The case without module is one of the filling, the permit a real matter in parallel review."
    )
    table = found.table("pages", note=note)
    slowest = max(found.rows[page].slowest for page in LISTS)
    table.goals.append(
        Goal(
            f"pages of {ROWS} rows: slowest p99 with {sizes.many:,} cases",
            f"{slowest:.0f} ms",
            f"≤ {SLOWEST} ms",
            slowest <= SLOWEST,
        )
    )
    return [table]
