"""Answers that are sent in pieces: a slow line holds a thread, and no connection of the database."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jingkai.kernel.hooks.api import give_back_connection


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
