"""The small cookies that remember a choice: of this host alone wherever the zone is reached encrypted."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ELDER = "elder"


def cookie_name(name: str) -> str:
    """Under what name a browser keeps a cookie; with `__Host-` no sub-domain can put one of its own there."""
    return f"{settings.HOST_ONLY}{name}"


def cookie_of(request: HttpRequest, name: str) -> str:
    """What a browser sent back under a name, or nothing."""
    return request.COOKIES.get(cookie_name(name), "")


def keep_cookie(response: HttpResponseBase, name: str, value: str, *, seconds: int) -> None:
    """Let a browser remember a value, hidden from scripts and from requests of other sites."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: HttpResponseBase, name: str) -> None:
    """Let a browser forget it; one of a host's own is dropped only by a cookie that is encrypted, too."""
    keep_cookie(response, name, "", seconds=0)


def in_large_print(request: object) -> bool:
    """Whether the reader asked for large print; a page drawn for no request is not."""
    return isinstance(request, HttpRequest) and cookie_of(request, ELDER) == "1"
