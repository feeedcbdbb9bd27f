"""A party that was read for a list is an object like any other."""

from __future__ import annotations

from typing import Any

import pytest

from jingkai.kernel.parties.models import Party

pytestmark = pytest.mark.django_db


def test_a_row_that_was_read_quickly_can_be_completed_and_saved(django_assert_num_queries: Any) -> None:
    party = Party.objects.create(kind="unit", name="甲局")
    found = Party.objects.only("name").get(pk=party.pk)
    assert (found, found.pk, found._state.adding, found._state.db) == (party, party.pk, False, "default")
    assert {"kind", "pinyin"} <= found.get_deferred_fields()
    with django_assert_num_queries(1):
        assert found.kind == "unit"
    found.name = "乙局"
    found.save()
    assert Party.objects.get(pk=party.pk).name == "乙局"
