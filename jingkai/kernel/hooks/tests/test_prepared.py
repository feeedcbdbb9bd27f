"""Queries that are built once give what the ORM gives, with the values of each call."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import DateField, Exists, OuterRef, QuerySet, Value
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from jingkai.kernel.hooks.api import Prepared, PreparedValues, QuickRows, Slots
from jingkai.kernel.hooks.queries.rows import maker_of

pytestmark = pytest.mark.django_db


def _rights(slots: Slots) -> QuerySet[Permission]:
    """Related rows, an annotation of each kind, a constant with the signs that could be mistaken."""
    same = Permission.objects.filter(content_type=OuterRef("content_type")).order_by("pk")
    rows = Permission.objects.select_related("content_type").filter(content_type__in=slots.numbers("types"))
    return rows.annotate(
        all_codes=ArraySubquery(same.values("codename")),
        is_mine=Exists(ContentType.objects.filter(pk=OuterRef("content_type"), model=slots.text("mine"))),
        sign=Value("50 % of %s 'quoted'"),
    ).order_by("pk")


def test_gives_the_rows_of_the_query_set_each_time_with_its_own_values() -> None:
    prepared = Prepared(_rights)
    one, two = ContentType.objects.filter(permission__isnull=False).distinct().order_by("pk")[:2]
    for types in ([one.pk], [two.pk], [one.pk, two.pk], [], [one.pk]):
        found = prepared.fetch(types=types, mine=one.model)
        assert found == list(Permission.objects.filter(content_type__in=types).order_by("pk"))
        for right in found:
            assert right.is_mine == (right.content_type_id == one.pk)  # type: ignore[attr-defined]
            assert right.sign == "50 % of %s 'quoted'"  # type: ignore[attr-defined]
            assert right.codename in right.all_codes  # type: ignore[attr-defined]


def test_related_rows_come_along() -> None:
    one = ContentType.objects.filter(permission__isnull=False).first()
    assert one
    (first, *_more) = Prepared(_rights).fetch(types=[one.pk], mine="")
    with CaptureQueriesContext(connection) as asked:
        assert first.content_type.model == one.model
    assert len(asked) == 0


def test_rows_are_the_same_objects_one_by_one_and_tell_their_columns() -> None:
    prepared = Prepared(_with_types)
    one = ContentType.objects.filter(permission__isnull=False).first()
    assert one
    wanted, rows = prepared.fetch(type=one.pk), prepared.rows(type=one.pk)
    assert [(row, row.sign, row.content_type.model) for row in rows] == [  # type: ignore[attr-defined]
        (row, row.sign, row.content_type.model)
        for row in wanted  # type: ignore[attr-defined]
    ]
    assert rows[0] is rows[0]
    assert list(rows[1:3]) == wanted[1:3]
    assert rows.column("codename") == [row.codename for row in wanted]
    assert rows.column("sign") == ["x"] * len(wanted)


def test_rows_have_equal_marks_while_nothing_of_them_changes() -> None:
    prepared = Prepared(_with_types)
    one = ContentType.objects.filter(permission__isnull=False).first()
    assert one
    before = prepared.rows(type=one.pk).marks
    assert prepared.rows(type=one.pk).marks == before
    assert len(set(before)) == len(before)
    ContentType.objects.filter(pk=one.pk).update(model="other")
    assert not set(before) & set(prepared.rows(type=one.pk).marks)


def _with_types(slots: Slots) -> QuerySet[Permission]:
    rows = Permission.objects.select_related("content_type").filter(content_type=slots.number("type"))
    return rows.annotate(sign=Value("x")).order_by("pk")


def test_a_text_is_a_value_and_never_part_of_the_statement() -> None:
    by_model = Prepared(lambda slots: ContentType.objects.filter(model=slots.text("model")))
    assert by_model.first(model="contenttype") is not None
    assert by_model.first(model="x' OR '1'='1") is None


def test_a_slot_that_the_query_does_not_use_is_an_error() -> None:
    def build(slots: Slots) -> QuerySet[ContentType]:
        slots.number("forgotten")
        return ContentType.objects.filter(model=slots.text("model"))

    with pytest.raises(TypeError, match="forgotten"):
        Prepared(build).first(model="contenttype")


@pytest.mark.django_db(transaction=True)
def test_threads_use_it_with_their_own_connections() -> None:
    by_model = Prepared(lambda slots: ContentType.objects.filter(model=slots.text("model")))
    found: list[str] = []

    def ask() -> None:
        for _turn in range(5):
            row = by_model.first(model="contenttype")
            found.append(row.model if row else "")
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["contenttype"] * 20


def test_plain_values_by_name_and_by_day() -> None:
    prepared = PreparedValues(
        lambda slots: (
            ContentType.objects.filter(model=slots.text("model"))
            .annotate(on=Value(slots.day("on"), output_field=DateField()))
            .values("model", "on")
        )
    )
    for day in (date(2026, 3, 1), date(2027, 1, 31)):
        assert prepared.fetch(model="permission", on=day) == [{"model": "permission", "on": day}]
    assert prepared.first(model="none", on=date(2026, 3, 1)) is None


def test_whoever_watches_statements_sees_their_words() -> None:
    by_model = Prepared(lambda slots: ContentType.objects.filter(model=slots.text("model")))
    seen: list[object] = []

    def watch(execute: Any, sql: Any, *given: Any) -> Any:
        seen.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(watch):
        assert by_model.first(model="contenttype") is not None
    assert [type(one) for one in seen] == [str]
    with CaptureQueriesContext(connection) as asked:
        assert by_model.first(model="contenttype") == by_model.first(model="contenttype")
    assert len(asked) == 2


def test_constants_with_the_servers_own_marks_stay_as_they_are() -> None:
    text = "$1 and $$ and 100 %% of %s"
    prepared = Prepared(
        lambda slots: ContentType.objects.filter(model=slots.text("model")).annotate(told=Value(text))
    )
    assert [one.told for one in prepared.fetch(model="permission")] == [text]  # type: ignore[attr-defined]


def test_related_rows_as_the_query_set_gives_them() -> None:
    """A column that was put off is loaded when it is asked for."""
    rows = Permission.objects.select_related("content_type").defer("content_type__model", "name")
    prepared = Prepared(lambda slots: rows.filter(codename=slots.text("code")).order_by("pk"))
    known = Permission.objects.order_by("pk")[0]
    found = prepared.fetch(code=known.codename)[0]
    assert found == known
    assert not found._state.adding
    with CaptureQueriesContext(connection) as asked:
        assert (found.name, found.content_type.model) == (known.name, known.content_type.model)
    assert len(asked) > 0


def test_rows_are_made_the_quick_way_only_where_it_comes_to_the_same() -> None:
    """A model that listens to its making, or makes itself, is made as Django makes it."""
    assert maker_of(ContentType).__func__ is QuickRows.from_db.__func__  # type: ignore[attr-defined]
    maker_of.cache_clear()

    def heard(**_told: Any) -> None:
        """Listen to every new object."""

    post_init.connect(heard, sender=Permission)
    try:
        assert maker_of(Permission) == Permission.from_db
    finally:
        post_init.disconnect(heard, sender=Permission)
        maker_of.cache_clear()
    assert maker_of(Permission) != Permission.from_db
