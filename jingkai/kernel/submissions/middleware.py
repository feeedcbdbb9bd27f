"""An error that people may read becomes a page in words, wherever a view raises it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.submissions.web.views import refusal_page


class RefusalMiddleware:
    """Turn a `PersonFacingError` into a page; the view's transaction has been rolled back by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer errors that carry a sentence; leave all others to the handlers."""
        return refusal_page(request, exception) if isinstance(exception, PersonFacingError) else None
