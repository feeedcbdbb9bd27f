"""The small cookies: of one host alone wherever the zone is reached encrypted."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from jingkai.ui import cookies


@pytest.mark.parametrize(("prefix", "secure"), [("__Host-", True), ("", False)])
def test_kept_read_and_forgotten_under_the_name_of_the_host(prefix: str, secure: bool, settings: Any) -> None:
    settings.HOST_ONLY, settings.SESSION_COOKIE_SECURE = prefix, secure
    response, request = HttpResponse(), RequestFactory().get("/")
    cookies.keep_cookie(response, "elder", "1", seconds=60)
    kept = response.cookies[f"{prefix}elder"]
    assert (kept["path"], kept["domain"], kept["samesite"]) == ("/", "", "Lax")
    assert (bool(kept["secure"]), kept["httponly"]) == (secure, True)
    request.COOKIES[f"{prefix}elder"] = kept.value
    assert cookies.in_large_print(request)
    cookies.forget_cookie(response, "elder")
    assert response.cookies[f"{prefix}elder"]["max-age"] == 0


def test_under_https_a_cookie_of_a_sub_domain_is_not_read(settings: Any) -> None:
    settings.HOST_ONLY = "__Host-"
    request = RequestFactory().get("/")
    request.COOKIES["elder"] = "1"
    assert not cookies.in_large_print(request)


def test_a_page_drawn_for_nobody_is_in_common_print() -> None:
    assert not cookies.in_large_print("")
