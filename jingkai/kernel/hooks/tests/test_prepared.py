"""Queries that are built once give what the ORM gives, with the values of each call."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.test.utils import CaptureQueriesContext
from uuid6 import uuid7

from jingkai.kernel.hooks.api import Prepared, Slots
from jingkai.kernel.organisation.models import Post, Unit
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.models import Party


def _posts(slots: Slots) -> QuerySet[Post]:
    """Related rows, an annotation of each kind, a constant with the signs that could be mistaken."""
    same = Post.objects.filter(unit=OuterRef("unit")).order_by("pk")
    rows = Post.objects.select_related("unit__party").filter(unit__in=slots.numbers("units"))
    return rows.annotate(
        title_of_all=ArraySubquery(same.values("title")),
        is_mine=Exists(Unit.objects.filter(party=OuterRef("unit"), party__uuid=slots.uuid("mine"))),
        sign=Value("50 % of %s 'quoted'"),
    ).order_by("pk")


def test_gives_the_rows_of_the_query_set_each_time_with_its_own_values(cast: Cast) -> None:
    prepared = Prepared(_posts)
    fire, quality = cast.unit("fire"), cast.unit("quality")
    for units in ([fire], [quality], [fire, quality], [], [fire]):
        mine = Party.objects.get(pk=fire).uuid
        found = prepared.fetch(units=units, mine=mine)
        assert found == list(Post.objects.filter(unit__in=units).order_by("pk"))
        for post in found:
            assert post.is_mine == (post.unit_id == fire)  # type: ignore[attr-defined]
            assert post.sign == "50 % of %s 'quoted'"  # type: ignore[attr-defined]
            assert post.title in post.title_of_all  # type: ignore[attr-defined]


def test_related_rows_come_along(cast: Cast) -> None:
    (first, *_more) = Prepared(_posts).fetch(units=[cast.unit("fire")], mine=uuid7())
    with CaptureQueriesContext(connection) as asked:
        assert first.unit.party.name
    assert len(asked) == 0


def test_first_gives_none_where_nothing_is(cast: Cast) -> None:
    by_uuid = Prepared(lambda slots: Party.objects.filter(uuid=slots.uuid("uuid")))
    assert by_uuid.first(uuid=UUID(int=1)) is None
    assert by_uuid.first(uuid=cast.zone.uuid) == cast.zone


def test_a_text_is_a_value_and_never_part_of_the_statement(cast: Cast) -> None:
    by_name = Prepared(lambda slots: Party.objects.filter(name=slots.text("name")))
    assert by_name.first(name=cast.zone.name) == cast.zone
    assert by_name.first(name="x' OR '1'='1") is None


def test_a_slot_that_the_query_does_not_use_is_an_error(cast: Cast) -> None:
    def build(slots: Slots) -> QuerySet[Party]:
        slots.number("forgotten")
        return Party.objects.filter(uuid=slots.uuid("uuid"))

    with pytest.raises(TypeError, match="forgotten"):
        Prepared(build).first(uuid=cast.zone.uuid)


@pytest.mark.django_db(transaction=True)
def test_threads_use_it_with_their_own_connections() -> None:
    Party.objects.create(kind="unit", name="甲")
    by_name = Prepared(lambda slots: Party.objects.filter(name=slots.text("name")))
    found: list[str] = []

    def ask() -> None:
        for _turn in range(5):
            row = by_name.first(name="甲")
            found.append(row.name if row else "")
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["甲"] * 20
