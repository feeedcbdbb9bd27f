"""What is drawn once for many serves each reader with what is theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils.safestring import SafeString
from django.utils.translation import override

from jingkai.ui import data, frames, parts
from jingkai.ui.styleguide import SHELL
from jingkai.ui.templatetags import ui


def context_of(path: str, *, mark: str, elder: str = "") -> dict[str, Any]:
    request: HttpRequest = RequestFactory().get(path)
    if elder:
        request.COOKIES["elder"] = elder
    return {"request": request, "shell": SHELL, "csrf_token": mark}


def test_each_request_gets_its_own_mark_address_and_search() -> None:
    first = frames.drawn("top", context_of("/desk/?q=%3Cb%3E", mark="one"))
    second = frames.drawn("top", context_of("/cases/?a=1&b=2", mark="two"))
    assert 'value="one"' in first
    assert "two" not in first
    assert 'value="&lt;b&gt;"' in first
    assert "/desk/?q=%3Cb%3E" in first
    assert 'value="two"' in second
    assert "one" not in second
    assert "/cases/?a=1&amp;b=2" in second
    assert "\ue000" not in first + second


def test_language_and_large_print_are_told_apart() -> None:
    with override("zh-hans"):
        chinese = frames.drawn("tools", context_of("/", mark="x"))
    with override("en"):
        english = frames.drawn("tools", context_of("/", mark="x"))
        large = frames.drawn("tools", context_of("/", mark="x", elder="1"))
    assert 'value="en"' in chinese
    assert 'value="zh-hans"' in english
    assert 'aria-pressed="false"' in english
    assert 'aria-pressed="true"' in large


def test_a_page_without_frame_still_has_its_parts() -> None:
    assert "<nav" in frames.drawn("rail", {"shell": "", "csrf_token": "x"})


def test_html_and_text_that_look_alike_are_drawn_apart() -> None:
    pages = [
        data.Pager(older_url="?a", text=SafeString("<b>2</b>")),
        data.Pager(older_url="?a", text="<b>2</b>"),
    ]
    safe, plain = (ui.pager(page) for page in pages)
    assert "<b>2</b>" in safe
    assert "&lt;b&gt;2&lt;/b&gt;" in plain
    links = [data.Link(SafeString("<i>x</i>"), "/"), data.Link("<i>x</i>", "/")]
    assert [ui.cell(link) for link in links] == [
        '<a href="/"><i>x</i></a>',
        '<a href="/">&lt;i&gt;x&lt;/i&gt;</a>',
    ]


def test_one_and_true_are_drawn_apart() -> None:
    assert ui.tabs([data.Tab("a", "/", count=1)]) != ui.tabs([data.Tab("a", "/", count=True)])


@pytest.mark.parametrize("value", [{"a": 1}, [{"a": 1}]])
def test_what_cannot_be_a_key_is_drawn_each_time(value: object) -> None:
    drawn = parts.drawn("ui/parts/crumbs.html", {"crumbs": [data.Crumb("x")], "more": value})
    assert "<span>x</span>" in drawn


def test_lines_under_each_other() -> None:
    assert ui.cell(data.Lines(["甲", "<乙>"], ["丙"])) == (
        '<span class="nowrap">甲</span><br><span class="nowrap">&lt;乙&gt;</span>'
        '<span class="sub"><span class="nowrap">丙</span></span>'
    )


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ('{% translate "Search" %}', "搜索", "Search"),
        ('{% translate "Search" as word %}[{{ word }}]', "[搜索]", "[Search]"),
        ('{% translate "done" context "step" %}', "已完成", "done"),
        ("{% translate given %}", "搜索", "Search"),
        ('{% translate "Search"|upper %}', "搜索", "SEARCH"),
        ('{% translate "Search" noop %}', "Search", "Search"),
    ],
)
def test_kept_translations_are_the_reader_s(source: str, chinese: str, english: str) -> None:
    template = engines["django"].from_string("{% load i18n ui %}" + source)
    for language, expected in (("zh-hans", chinese), ("en", english), ("zh-hans", chinese)):
        with override(language):
            assert template.render({"given": "Search"}) == expected
