"""What stands around every answer for the database's sake: connections lent out, the age of what was read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jingkai.kernel.hooks.api import give_back_connection, noting_age


class StreamingMiddleware:
    """Give the connection back before the first piece of a file is sent; it stands around all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; pieces that ask the database themselves take a connection again."""
        response = self.get_response(request)
        if response.streaming:
            give_back_connection()
        return response


class AgeMiddleware:
    """Note during each request as of when what it reads is, where an installation reads from a replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; the page says itself as of when it is."""
        with noting_age():
            return self.get_response(request)
