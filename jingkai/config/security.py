"""Whose word counts about a connection, and headers that keep foreign scripts and frames out of pages.

A script runs only when its tag bears the mark of this very answer (`{% script %}` of the design system writes
it): neither a script that somebody smuggled into a page nor a file that somebody uploaded to us has it.
Styles come in files. Nothing is inline, nothing is evaluated, and no page stands in a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'nonce-%s'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS_POLICY = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
LOCKED_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
DRAWINGS = ("image/svg+xml", "application/xml", "text/xml")
"""Kinds that a browser would open as a page with scripts; in a page of ours they are pictures and data."""
NONCE_BYTES = 16


FORWARDED = (
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
)
"""What a proxy says about a visitor, and a visitor could say about themselves.

`X-Forwarded-For` stays: that it is there tells that a proxy stood between; who is in it counts only from a
named one (`audit.middleware`).
"""


class ForwardedMiddleware:
    """Believe what a proxy says only of the named ones (`JINGKAI_TRUSTED_PROXIES`; none by default).

    From anybody else it is taken off before anything reads it: nobody calls a plain connection encrypted, or
    comes from an address of their choice. A call of the interface that came in plain is refused, not sent on:
    its token has been seen already, and must not go on working unnoticed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take off what was not said by a proxy of ours."""
        if not is_trusted(str(request.META.get("REMOTE_ADDR", ""))):
            for name in FORWARDED:
                request.META.pop(name, None)
        if settings.SECURE_SSL_REDIRECT and request.path.startswith("/api/") and not request.is_secure():
            return _refused_plain()
        return self.get_response(request)


def is_trusted(peer: str) -> bool:
    """Whether an address is that of a named proxy."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES)


def _refused_plain() -> JsonResponse:
    problem = {"type": "about:blank", "title": "Only encrypted calls are answered", "status": 403}
    return JsonResponse(problem, status=403, content_type="application/problem+json")


class ContentPolicyMiddleware:
    """Say on every response that only what is ours may be loaded; a view may be stricter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Draw the mark of this answer's scripts, and add the headers that the view has not set."""
        nonce = token_urlsafe(NONCE_BYTES)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        headers = response.headers
        drawn = headers.get("Content-Type", "").startswith(DRAWINGS)
        headers.setdefault("Content-Security-Policy", LOCKED_POLICY if drawn else CONTENT_POLICY % nonce)
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
