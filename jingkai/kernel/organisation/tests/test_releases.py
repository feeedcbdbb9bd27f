"""Rights that a release adds: given once to the standard roles of an older zone, never against its will."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation import operations as ops
from jingkai.kernel.organisation import queries
from jingkai.kernel.organisation.models import GivenRight, Role
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
NEW, NEWER = "organisation.new_right", "organisation.newer_right"
Declare = Callable[..., None]


@pytest.fixture
def declare(declared_by_release: Declare) -> Declare:
    return declared_by_release


def take_up(cast: Cast, release: str = "2.0") -> dict[str, list[str]]:
    return ops.take_up_release(release=release, by=SYSTEM, at=cast.at)


def change(cast: Cast, role: Role, rights: set[str]) -> None:
    role.refresh_from_db()
    ops.change_role(
        role=role,
        name=role.name,
        name_en=role.name_en,
        permissions=rights,
        version=role.version,
        by=cast.security_admin,
        at=cast.at,
    )


def clerk() -> Role:
    return Role.objects.get(code="clerk")


def as_before_these_notes() -> None:
    """An installation of a release that did not yet note which rights it gave."""
    GivenRight.objects.all().delete()


@pytest.mark.parametrize("old", [False, True])
def test_a_new_right_reaches_the_roles_that_declare_it(cast: Cast, declare: Declare, old: bool) -> None:
    if old:
        as_before_these_notes()
    before = set(clerk().permissions)
    declare("clerk", NEW)
    assert take_up(cast) == {"clerk": [NEW]}
    assert set(clerk().permissions) == {*before, NEW}
    assert NEW in queries.actor_for_person(cast.person("clerk").pk, on=cast.on).permissions
    entry = entries_of(clerk()).last()
    assert entry is not None
    assert (entry.action, entry.facts) == ("role.release_taken_up", {"given": [NEW], "release": "2.0"})


def test_the_same_release_gives_nothing_twice(cast: Cast, declare: Declare) -> None:
    declare("clerk", NEW)
    take_up(cast)
    version, entries = clerk().version, entries_of(clerk()).count()
    assert take_up(cast, "3.0") == {}
    assert (clerk().version, entries_of(clerk()).count()) == (version, entries)


@pytest.mark.parametrize("old", [False, True])
def test_what_the_zone_took_away_stays_away(cast: Cast, declare: Declare, old: bool) -> None:
    """Taken away before the upgrade, by a zone with and without notes, and after it."""
    change(cast, clerk(), set())
    if old:
        as_before_these_notes()
    declare("clerk", NEW)
    assert take_up(cast) == {"clerk": [NEW]}
    change(cast, clerk(), set())
    declare("clerk", NEWER)
    assert take_up(cast, "3.0") == {"clerk": [NEWER]}
    assert clerk().permissions == [NEWER]


def test_a_right_that_the_zone_gave_itself_is_only_noted(cast: Cast, declare: Declare) -> None:
    declare("officer", NEW)
    change(cast, clerk(), {*clerk().permissions, NEW})
    version = clerk().version
    declare("clerk", NEW)
    take_up(cast)
    assert clerk().version == version
    assert clerk().given_rights.filter(code=NEW).exists()


def test_roles_of_the_zone_are_left_alone(cast: Cast, declare: Declare) -> None:
    own = ops.create_role(draft=ops.RoleDraft(code="own", name="自定"), by=cast.security_admin, at=cast.at)
    declare("clerk", NEW)
    assert "own" not in take_up(cast)
    own.refresh_from_db()
    assert own.permissions == []


def test_without_a_zone_nothing_happens(declare: Declare, db: None) -> None:
    from django.utils import timezone

    declare("clerk", NEW)
    assert ops.take_up_release(release="2.0", by=SYSTEM, at=timezone.now()) == {}
    assert not Role.objects.exists()
