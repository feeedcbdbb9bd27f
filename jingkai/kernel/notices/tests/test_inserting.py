"""Rows that are inserted by a kept statement are the rows that the ORM would have inserted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, transaction
from django.utils.functional import lazystr

from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.hooks.api import insert_rows
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)


def make_person() -> Person:
    """Somebody who can be told something."""
    return register_person(name="李明", phone="13800138000", email="li@example.com", by=SYSTEM, at=AT)


def notice(person: Person, **more: object) -> Notice:
    """A notice that is not stored yet."""
    return Notice(**{"to": person, "kind": "general", "title": "通知 “引号” \\ '", "at": AT, **more})


def test_what_is_read_back_is_what_was_given() -> None:
    person = make_person()
    given = notice(person, body="一\n二", url="/a?b=1", read_at=None, is_read=True)
    assert insert_rows([given]) == [given]
    found = Notice.objects.get(pk=given.pk)
    for field in Notice._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(given, field.attname), field.name
    assert not given._state.adding


def test_numbers_follow_the_order_given_over_many_statements() -> None:
    person = make_person()
    rows = insert_rows([notice(person, title=str(number)) for number in range(2300)])
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    told = Notice.objects.order_by("pk").values_list("title", flat=True)
    assert list(told) == [str(number) for number in range(2300)]


def test_words_to_be_translated_are_stored_as_words() -> None:
    row = notice(make_person(), title=lazystr("通知"))
    insert_rows([row])
    assert Notice.objects.get(pk=row.pk).title == "通知"


def test_a_text_that_is_too_long_is_refused_not_cut() -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert_rows([notice(make_person(), title="长" * 201)])


def test_a_column_that_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError, match=r"parties\.Person"):
        insert_rows([Person()])


def test_nothing_is_asked_for_no_rows(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert insert_rows(list[CalendarYear]()) == []


def test_a_value_that_no_document_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be inserted"):
        insert_rows([notice(make_person(), body={date(2026, 3, 2)})])
