"""What a page and a fragment cost the server's processor, and what a search costs the database."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import Any
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.lists import Sizes
from benchmarks.measuring import Found, measure_in_turns
from benchmarks.report import Goal, Table
from jingkai.casework.cases import api
from jingkai.casework.cases.data import CaseFilters
from jingkai.config.wsgi import application
from jingkai.kernel.organisation.testing import Cast
from jingkai.modules.approvals.testing import Hall

REPEATS = 40
MOST_PAGE, MOST_FRAGMENT = 12.0, 4.0
FEW_HITS, MANY_HITS = 50.0, 600.0
"""Milliseconds of a search with up to 5,000 hits, and with more."""
UNRANKED = 100


def measure_cpu(hall: Hall, visits: Any) -> Table:
    """Open pages and fragments again and again; only this process' own processor time counts."""
    visitor, handler = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    hall.log_in(handler, "handler")
    draft = hall.draft(at=timezone.now())
    officer = visits.clients["officer_fire"]
    pages: Mapping[str, Callable[[], str]] = {
        "start page (visitor)": partial(_get, visitor, "/"),
        "guide of a service (visitor)": partial(_get, visitor, "/services/construction-permit/"),
        "my matters (applicant)": partial(_get, handler, "/my/"),
        "facts of an application (applicant)": partial(_get, handler, f"/my/{draft.uuid}/facts/"),
        "desk, 50 rows (officer)": partial(_get, officer, reverse("inbox:desk")),
        "case list, 50 rows (officer)": partial(_get, officer, reverse("inbox:cases")),
        "case page (officer)": partial(_get, officer, visits.addresses["case page, a permit"]),
    }
    fragments: Mapping[str, Callable[[], str]] = {
        "credit code while it is typed": partial(_get, visitor, "/register/code?uscc=91320826MA1P9XKD4G"),
        "search suggestions": partial(_get, visitor, f"/search/suggest?q={quote('施工')}"),
    }
    table = Table(
        "Processor time of pages and fragments (this process; the database's own time is not in it)",
        ("what", "kind", "ms p50", "most wanted"),
    )
    found = _cpu({**pages, **fragments})
    worst = {"page": ("", 0.0), "fragment": ("", 0.0)}
    for kind, most, draws in (("page", MOST_PAGE, pages), ("fragment", MOST_FRAGMENT, fragments)):
        for name in draws:
            table.rows.append((name, kind, f"{found[name]:.1f}", f"{most:.0f}"))
            worst[kind] = max(worst[kind], (name, found[name]), key=lambda one: one[1])
    for kind, most in (("page", MOST_PAGE), ("fragment", MOST_FRAGMENT)):
        name, cost = worst[kind]
        table.goals.append(
            Goal(
                f"processor time of a {kind} (worst: {name})",
                f"{cost:.1f} ms",
                f"≤ {most:.0f} ms",
                cost <= most,
            )
        )
    table.note = f"Each {REPEATS} times in turns, as the web server calls the product (WSGI)."
    return table


def _get(person: Client, address: str) -> str:
    """Ask for a page with a person's cookies; gives the status."""
    path, _mark, query = address.partition("?")
    environment: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost"}
    environment["HTTP_COOKIE"] = "; ".join(f"{name}={one.value}" for name, one in person.cookies.items())
    setup_testing_defaults(environment)
    told: list[str] = []
    answer = application(environment, lambda status, _headers, *_more: told.append(status))
    for _piece in answer:
        pass
    answer.close()
    return told[0]


def _cpu(draws: Mapping[str, Callable[[], str]]) -> dict[str, float]:
    """The median processor time of opening each, in milliseconds; they take turns, for a machine has moods.

    What filled the database is no part of a web server's heap, which is frozen when it starts.
    """
    costs: dict[str, list[float]] = {name: [] for name in draws}
    gc.collect()
    gc.freeze()
    for number in range(REPEATS + 3):
        for name, draw in draws.items():
            began = time.process_time()
            answer = draw()
            if number >= 3:
                costs[name].append(time.process_time() - began)
            if not answer.startswith("200"):
                raise AssertionError(f"{name} answered {answer}")
    gc.unfreeze()
    return {name: median(cost) * 1000 for name, cost in costs.items()}


def measure_search(cast: Cast, sizes: Sizes) -> Table:
    """Search the cases for a word of one, of some thousands, and of all, as an officer and as a leader."""
    now = timezone.now()
    words = {"one case": "L000000450", "one case in 200": "w105", "every case": "厂房"}
    table = Table(
        f"Search of {sizes.many:,} cases: {UNRANKED} rows, newest first",
        ("the word stands in", "hits", "officer: ms p50 / p99", "leader: ms p50 / p99"),
    )
    slowest = {"few": 0.0, "many": 0.0}
    for name, word in words.items():
        hits = {"one case": 1, "one case in 200": sizes.many // 200}.get(name, sizes.many)
        officer, leader = _search(cast.officer_fire, word, now), _search(cast.leader, word, now)
        table.rows.append((name, f"{hits:,}", str(officer), str(leader)))
        which = "few" if hits <= 5000 else "many"
        slowest[which] = max(slowest[which], officer.p99, leader.p99)
    table.goals = [
        Goal(
            f"search of {sizes.many:,} cases, up to 5,000 hits: slowest p99",
            f"{slowest['few']:.0f} ms",
            f"≤ {FEW_HITS:.0f} ms",
            slowest["few"] <= FEW_HITS,
        ),
        Goal(
            f"the same, more hits: the newest {UNRANKED}: slowest p99",
            f"{slowest['many']:.0f} ms",
            f"≤ {MANY_HITS:.0f} ms",
            slowest["many"] <= MANY_HITS,
        ),
    ]
    table.note = (
        "The list of cases is never ranked: it is sorted by the reader's choice, and the page says so."
    )
    return table


def _search(viewer: Any, word: str, now: Any) -> Found:
    filters = CaseFilters(text=word)
    draw = partial(api.page_of_cases, grantees=viewer.grantees, at=now, limit=UNRANKED, filters=filters)
    return measure_in_turns([draw], REPEATS)[0]
