"""Rows that are inserted by a kept statement are the rows that the ORM would have inserted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DataError, transaction
from django.utils.functional import lazystr

from jingkai.kernel.hooks.api import insert_rows

pytestmark = pytest.mark.django_db


def right(code: str, **more: Any) -> Permission:
    """A row that is not stored yet."""
    kind = ContentType.objects.order_by("pk")[0]
    return Permission(**{"name": "权 “引号” \\ ' %s", "codename": code, "content_type": kind, **more})


def test_what_is_read_back_is_what_was_given() -> None:
    given = right("一\n二")
    assert insert_rows([given]) == [given]
    found = Permission.objects.get(pk=given.pk)
    for field in Permission._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(given, field.attname), field.name
    assert not given._state.adding


def test_numbers_follow_the_order_given_over_many_statements() -> None:
    kind = ContentType.objects.order_by("pk")[0]
    rows = insert_rows([right(f"many-{number}", content_type=kind) for number in range(2300)])
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    told = Permission.objects.filter(codename__startswith="many-").order_by("pk")
    assert list(told.values_list("codename", flat=True)) == [f"many-{number}" for number in range(2300)]


def test_words_to_be_translated_are_stored_as_words() -> None:
    row = right("lazy", name=lazystr("通知"))
    insert_rows([row])
    assert Permission.objects.get(pk=row.pk).name == "通知"


def test_a_text_that_is_too_long_is_refused_not_cut() -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert_rows([right("long", name="长" * 256)])


def test_a_column_that_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be inserted as it is"):
        insert_rows([get_user_model()()])


def test_a_value_that_no_document_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be inserted"):
        insert_rows([right("set", name={1})])


def test_nothing_is_asked_for_no_rows(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert insert_rows(list[Permission]()) == []
