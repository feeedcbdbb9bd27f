"""JSON that many rows hold alike is read once, and nobody changes it under the others."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.writer import MigrationWriter
from django.db.models.fields.json import KeyTransform

from jingkai.kernel.hooks.api import RepeatedJSONField, Shared
from jingkai.kernel.hooks.queries import repeated

FIELD = RepeatedJSONField(name="limit")
TEXT = '{"unit": "working", "light": {"yellow": 3}}'


def read(text: Any, expression: Any = None) -> Any:
    return FIELD.from_db_value(text, expression or models.F("limit"), connection)


def test_one_text_is_read_once() -> None:
    first, second = read(TEXT), read(str(TEXT.encode(), "utf-8"))
    assert first is second
    assert first == json.loads(TEXT)
    assert json.loads(json.dumps(first)) == first


@pytest.mark.parametrize("text", [None, "[]", "null", "3"])
def test_what_is_no_object_is_read_anew(text: str | None) -> None:
    assert read(text) == (None if text is None else json.loads(text))


def test_a_part_is_read_as_django_reads_it() -> None:
    assert read('"working"', KeyTransform("unit", "limit")) == "working"
    assert type(read('{"yellow": 3}', KeyTransform("light", "limit"))) is dict


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.__setitem__("unit", "natural"),
        lambda one: one.__delitem__("unit"),
        lambda one: one.update(unit="natural"),
        lambda one: one.pop("unit"),
        lambda one: one.popitem(),
        lambda one: one.clear(),
        lambda one: one.setdefault("new", 1),
        lambda one: one.__ior__({"unit": "natural"}),
    ],
)
def test_it_cannot_be_changed_under_the_others(change: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="change a copy"):
        change(read(TEXT))
    assert read(TEXT) == json.loads(TEXT)


def test_a_copy_is_a_common_dictionary() -> None:
    for made in (copy.deepcopy(read(TEXT)), pickle.loads(pickle.dumps(read(TEXT))), dict(read(TEXT))):
        assert type(made) is dict
        made["unit"] = "natural"
    assert read(TEXT)["unit"] == "working"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "MOST", 3)
    monkeypatch.setattr(repeated, "_READ", {})
    for number in range(10):
        assert read(f'{{"number": {number}}}') == Shared(number=number)
        assert len(repeated._READ) <= 3


def test_migrations_see_a_common_column() -> None:
    change = migrations.AlterField("clock", "limit", RepeatedJSONField(editable=False))
    text, _imports = MigrationWriter.serialize(change.field)
    assert text == "models.JSONField(editable=False)"
