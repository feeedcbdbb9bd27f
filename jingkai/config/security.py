"""Headers that keep foreign scripts, styles and frames out of every page.

A script runs only when its tag bears the mark of this very answer (`{% script %}` of the design system writes
it): neither a script that somebody smuggled into a page nor a file that somebody uploaded to us has it.
Styles come in files. Nothing is inline, nothing is evaluated, and no page stands in a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_urlsafe

from django.http import HttpRequest, HttpResponseBase

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
