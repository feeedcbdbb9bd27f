"""One trace for every request, joined with its lines of log."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from opentelemetry import trace
from opentelemetry.trace import StatusCode

from jingkai.kernel.health.web.middleware import METHODS, QUIET, page_of
from jingkai.kernel.hooks.api import traced


class TraceMiddleware:
    """Follow a request by the name of its page; its lines of log bear the trace, the trace its request id.

    Stands in the list only where a collector is named.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and note what became of it."""
        if request.path.startswith(QUIET):
            return self.get_response(request)
        method = request.method if request.method in METHODS else "OTHER"
        with traced(f"{method}", kind="server", request_id=getattr(request, "request_id", "")):
            span = trace.get_current_span()
            number = trace.format_trace_id(span.get_span_context().trace_id)
            with structlog.contextvars.bound_contextvars(trace_id=number):
                response = self.get_response(request)
            page, status = page_of(request), response.status_code
            span.update_name(f"{method} {page}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", page)
            span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(StatusCode.ERROR)
            return response
