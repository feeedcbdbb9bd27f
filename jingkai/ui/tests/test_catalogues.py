"""The texts of all apps lie in one catalogue, and those of later apps give way to those of earlier ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation.trans_real import translation

from jingkai.ui.catalogues import Catalogue


def _app(texts: dict[Any, str], plural: Any) -> Any:
    return SimpleNamespace(_catalog=texts, plural=plural)


def one(_number: int) -> int:
    """Count as Chinese does."""
    return 0


def two(number: int) -> int:
    """Count as English does."""
    return int(number != 1)


def test_chinese_lies_in_one_catalogue() -> None:
    """However many apps there are, one look-up finds a text."""
    assert len(translation("zh-hans")._catalog._catalogs) == 1
    with override("zh-hans"):
        assert gettext("Fill this in.") == "请填写此项。"


def test_the_text_taken_in_last_counts() -> None:
    """Django takes apps in from the last to the first of the settings."""
    kept = Catalogue(_app({"a": "old", "b": "old"}, one))
    kept.update(_app({"a": "new"}, one))
    assert (kept["a"], kept["b"]) == ("new", "old")


def test_apps_that_count_otherwise_stay_apart() -> None:
    """A plural is chosen by the rule of the app that brings it."""
    kept = Catalogue(_app({("day", 0): "天"}, one))
    kept.update(_app({("day", 0): "day", ("day", 1): "days"}, two))
    assert (kept.plural("day", 1), kept.plural("day", 2)) == ("day", "days")
    assert len(kept._catalogs) == 2
