"""Layouts render with and without a shell; error pages speak; the two switches come back safely."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from jingkai.ui import errors, views
from jingkai.ui.styleguide import SHELL, styleguide

UI = Path(__file__).resolve().parents[1]
LAYOUTS = ["ui/page.html", "ui/public.html", "ui/plain.html", "ui/confirm.html"]


@pytest.fixture
def request_() -> HttpRequest:
    request = RequestFactory().get("/somewhere?x=1")
    request.COOKIES["elder"] = "1"
    return request


@pytest.mark.parametrize("template", LAYOUTS)
def test_layout_renders_without_shell(template: str) -> None:
    html = render_to_string(template, {})
    assert 'id="content"' in html


@pytest.mark.parametrize("template", LAYOUTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_layout_renders_with_shell(template: str, language: str, request_: HttpRequest) -> None:
    with translation.override(language):
        html = render_to_string(template, {"shell": SHELL, "request": request_})
    assert "示范经济开发区" in html
    assert f'<html lang="{language}" class="elder">' in html


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_error_page_says_what_to_do(status: int) -> None:
    with translation.override("zh-hans"):
        response = errors.error_page(None, status, detail="<x>")
        html = response.content.decode()
        assert str(errors.WORDS[status].advice) in html
    assert response.status_code == status
    assert "<x>" not in html


def test_error_page_replaces_the_whole_page_of_a_partial_request() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"})
    assert errors.error_page(request, 409)["HX-Retarget"] == "body"


def test_elder_turns_on_and_off() -> None:
    factory = RequestFactory()
    on = views.elder(factory.post("/ui/elder", {"next": "/cases/?x=1"}))
    assert on.status_code == HTTPStatus.FOUND
    assert on["Location"] == "/cases/?x=1"
    assert on.cookies["elder"].value == "1"
    again = factory.post("/ui/elder")
    again.COOKIES["elder"] = "1"
    assert views.elder(again).cookies["elder"]["max-age"] == 0


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_elder_never_leads_to_another_site(target: str) -> None:
    response = views.elder(RequestFactory().post("/ui/elder", {"next": target}))
    assert response["Location"] == "/"


def test_elder_refuses_get() -> None:
    assert views.elder(RequestFactory().get("/ui/elder")).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_every_view_declares_its_access() -> None:
    assert {view.access for view in (views.elder, views.language, styleguide)} == {"public"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted(UI.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_templates_obey_a_strict_content_policy(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", html)
    assert "<script>" not in html


def test_every_icon_used_is_in_the_sprite() -> None:
    listed = set((UI.parents[1] / "frontend" / "icons.txt").read_text(encoding="utf-8").split())
    sources = [path.read_text(encoding="utf-8") for path in UI.glob("templates/**/*.html")]
    used = {name for source in sources for name in re.findall(r'{% icon "([a-z0-9-]+)"', source)}
    assert used <= listed
