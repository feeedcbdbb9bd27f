"""Bilingual fields follow the reader's language and never come out empty."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core import checks
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from jingkai.kernel.hooks.api import address_of, local, menu
from jingkai.kernel.hooks.data import MenuEntry

BOTH = SimpleNamespace(name="审批局", name_en="Approvals bureau")


@pytest.mark.parametrize(
    ("language", "thing", "expected"),
    [
        ("zh-hans", BOTH, "审批局"),
        ("en", BOTH, "Approvals bureau"),
        (None, BOTH, "审批局"),
        ("en", SimpleNamespace(name="审批局", name_en=""), "审批局"),
        ("zh-hans", SimpleNamespace(name="", name_en="Bureau"), "Bureau"),
        ("en", {"name": "审批局", "name_en": "Bureau"}, "Bureau"),
        ("en", {"name": "审批局"}, "审批局"),
        ("en", SimpleNamespace(name="审批局"), "审批局"),
    ],
)
def test_local_chooses_by_language(language: str | None, thing: object, expected: str) -> None:
    if language is None:
        with translation.override(None, deactivate=True):
            assert local(thing, "name") == expected
        return
    with translation.override(language):
        assert local(thing, "name") == expected


def test_filter_does_the_same() -> None:
    template = engines["django"].from_string('{% load bilingual %}{{ unit|local:"name" }}')
    with translation.override("en"):
        assert template.render({"unit": BOTH}) == "Approvals bureau"


def test_menu_link_to_a_page_that_is_mounted_nowhere_is_found_when_the_product_starts() -> None:
    registered = {check.__name__: check for check in checks.registry.registry.get_checks()}
    with menu.only(MenuEntry(label="Gone", url_name="nowhere")):
        found = registered["check_menu"](app_configs=None)
    assert [(message.id, "nowhere" in message.msg) for message in found] == [("hooks.W001", True)]


def test_the_address_of_a_thing_is_that_of_its_page() -> None:
    for thing in (uuid4(), uuid4()):
        assert address_of("inbox:case", thing) == reverse("inbox:case", args=[thing])
    with pytest.raises(NoReverseMatch):
        address_of("nowhere:at-all", uuid4())
