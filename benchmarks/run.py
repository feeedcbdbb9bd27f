"""Which parts are measured, over one service hall."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone

from benchmarks.clocks import measure_clocks
from benchmarks.cpu import measure_cpu, measure_search
from benchmarks.crew import measure_crew
from benchmarks.engine import measure_engines, measure_memory, measure_steps
from benchmarks.engines.ours import Ours, OursAlone
from benchmarks.engines.spiff import Spiff
from benchmarks.engines.viewflow import Viewflow
from benchmarks.exports import measure_export
from benchmarks.filling import Filling
from benchmarks.installation import SMALL, Installation
from benchmarks.intake import measure_intake
from benchmarks.lists import Sizes, measure_lists
from benchmarks.pages import Visits, measure_pages
from benchmarks.report import Table
from benchmarks.uploads import measure_uploads
from jingkai.casework.cases.models import Case
from jingkai.kernel.organisation.testing import Cast
from jingkai.modules.approvals.testing import Hall, make_hall

FEW = 10_000


def run(installation: Installation, parts: Collection[str], chosen: Namespace) -> Iterator[Table]:
    """Measure the parts and give each table as soon as it is there."""
    with _told("the service hall"), transaction.atomic():
        hall = make_hall()
    party = hall.cast.enterprise.pk
    yield from _measured(
        parts,
        ("engine", "the engines", lambda: _all_engines(installation, hall.cast, chosen.rounds)),
        ("memory", "memory", lambda: [measure_memory(Ours(party), cases=chosen.cases)]),
        ("clocks", f"{chosen.clocks:,} clocks", lambda: [measure_clocks(hall.cast, chosen.clocks)]),
        ("intake", "intake", lambda: [measure_intake(hall, installation.prepare)]),
    )
    if {"steps", "lists", "pages", "cpu", "search", "export", "uploads"} & set(parts):
        yield from _filled(installation, hall, parts, chosen.scale)


def _filled(installation: Installation, hall: Hall, parts: Collection[str], scale: int) -> Iterator[Table]:
    few = min(FEW, scale // 10)
    with _told(f"{few:,} and {scale:,} cases"):
        matter = hall.bring_to("accepted")
        filling = Filling(hall.cast)
        filling.grow(few)
        bare = Case.objects.get(reference=f"L{20:09d}")  # the fire unit's; see `filling`
        visits = Visits(hall.cast, bare=bare.uuid, matter=hall.case(matter).uuid)
        installation.settle()
        installation.copy(SMALL)
        filling.grow(scale)
        installation.settle()
    sizes = Sizes(installation, few, scale)
    yield from _measured(
        parts,
        ("steps", "steps", lambda: [measure_steps(Ours(hall.cast.enterprise.pk, known=True), sizes)]),
        ("lists", "lists", lambda: measure_lists(hall.cast, sizes)),
        ("pages", "pages", lambda: measure_pages(visits, sizes)),
        ("cpu", "processor time", lambda: [measure_cpu(hall, visits)]),
        ("search", "search", lambda: [measure_search(hall.cast, sizes)]),
        ("export", "a whole list", lambda: [measure_export(installation, hall.cast, scale)]),
        ("uploads", "slow uploads", lambda: [_uploads(installation, hall, visits, scale)]),
    )


def _measured(
    parts: Collection[str], *measures: tuple[str, str, Callable[[], list[Table]]]
) -> Iterator[Table]:
    for part, words, measure in measures:
        if part in parts:
            with _told(words):
                tables = measure()
            yield from tables


def _uploads(installation: Installation, hall: Hall, visits: Visits, scale: int) -> Table:
    client = Client(SERVER_NAME="localhost")
    hall.log_in(client, "handler")
    sender = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    draft = hall.draft(at=timezone.now())
    officer, leader = (visits.session(member) for member in ("officer_fire", "leader"))
    pages = {
        "guide of a service (visitor)": ("/services/construction-permit/", ""),
        "materials (applicant)": (f"/my/{draft.uuid}/materials/", sender),
        "desk (officer)": (visits.addresses["desk"], officer),
        "case list (leader)": (visits.addresses["case list"], leader),
        "case page (officer)": (visits.addresses["case page, a permit"], officer),
    }
    upload = (f"/my/{draft.uuid}/materials/fire-design/upload/", sender)
    return measure_uploads(installation, pages=pages, upload=upload, cases=scale)


def _all_engines(installation: Installation, cast: Cast, rounds: int) -> list[Table]:
    tables = measure_engines(_engines(cast), rounds=rounds)
    return [*tables, measure_crew(installation, cast.enterprise.pk)]


def _engines(cast: Cast) -> list[object]:
    pools = {node: cast.unit(node) for node in ("fire", "airdefence", "quality")}
    user = get_user_model().objects.create(username="bench")
    applicant = cast.enterprise.pk
    return [OursAlone(applicant), Ours(applicant), Spiff(pools), Viewflow(user)]


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what is being measured, and how long it took."""
    print(f"{what} …", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.0f} s", flush=True)
