"""A page that somebody may open need not show all: taking away any mask or any hidden part is noticed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.modules.approvals.testing import Hall
from tests.architecture.fields import ELSEWHERE, WAYS, field_guards, places_of, without
from tests.architecture.looking import Looking, Reader
from tests.architecture.objects import Guard
from tests.architecture.pages import all_pages
from tests.architecture.test_ledgers import functions_of
from tests.architecture.tree import ROOT

FEWEST = 110
"""So many guards at least; fewer would mean that they are no longer found."""
MOST = 12
"""At so many addresses a guard is missed, or it is missed nowhere."""


def test_what_is_said_about_fields_is_about_guards_that_exist() -> None:
    assert {*ELSEWHERE, *WAYS} - {guard.name for guard in field_guards()} == set()
    assert {*ELSEWHERE} & {*WAYS} == set()
    assert [told for told in ELSEWHERE.values() if not is_there(told)] == []
    names = {page.name for page in all_pages()}
    assert [page for page in WAYS.values() if page not in names] == []
    assert len(field_guards()) >= FEWEST


def is_there(told: str) -> bool:
    """Whether a test, or a file of tests, exists."""
    path, _separator, name = told.partition("::")
    return (ROOT / path).is_file() and (not name or name in functions_of(path))


@pytest.mark.django_db
def test_walk_every_page_for_what_it_shows_and_offers(
    hall: Hall, record_property: Callable[[str, object], None]
) -> None:
    """The walk, and behind it the same pages again without the guards of fields that they asked."""
    looking = Looking(hall)
    hall.travel(timezone.now(), tick=False)  # else each session notes every minute that it is in use
    with refusals_unnoted():
        looking.walk()
        wrong = [
            fault for (who, path), seen in looking.seen.items() for fault in looking.faults(who, path, seen)
        ]
        assert not wrong, "\n".join(wrong)
        left = [guard for guard in field_guards() if guard.name not in {*ELSEWHERE, *WAYS}]
        survived = [str(guard) for guard in left if not is_noticed(looking, guard)]
    record_property("fields", f"{len(left)} guards, {len(looking.seen)} pages read")
    assert not survived, "\n".join(survived)


def is_noticed(looking: Looking, guard: Guard) -> bool:
    """Whether anybody is shown or offered what is not for them, once this guard is gone."""
    asked: list[tuple[Reader, str]] = [
        one for place in sorted(places_of(guard)) for one in looking.asked.get(place, [])
    ]
    with without(guard):
        return any(looking.notices(who, path) for who, path in asked[:MOST])
