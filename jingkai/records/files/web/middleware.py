"""Refusing a huge form before anything of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from jingkai.records.files.data import DEFAULT_LIMIT, MIB
from jingkai.records.files.operations.receive import size_words
from jingkai.ui.errors import error_page

FORM_LIMIT = DEFAULT_LIMIT + MIB
VISITOR_LIMIT = 31 * MIB


class FormLimitMiddleware:
    """Answer 413 in words to a multipart form that is longer than any place here accepts.

    Django would write all of it to a temporary folder before a view could refuse it. Visitors without a
    session may send as much as one copy for verification.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the length that the sender tells."""
        told = str(request.META.get("CONTENT_LENGTH") or "")
        length = int(told) if told.isdecimal() else 0
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        limit = FORM_LIMIT if known else VISITOR_LIMIT
        if length > limit and (request.content_type or "").startswith("multipart/"):
            detail = _("What you sent is larger than the %(limit)s that are accepted here.")
            return error_page(None, 413, detail=detail % {"limit": size_words(limit)})
        return self.get_response(request)
