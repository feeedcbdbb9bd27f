"""One line of log and one measurement for every request."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from jingkai.kernel.health.web.metrics import REQUESTS, SECONDS

logger = structlog.get_logger("jingkai.request")
QUIET = ("/health/", "/metrics", "/static/")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestMiddleware:
    """Measure and log each request. Neither query strings nor forms are logged: they hold personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and note what became of it."""
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        page, status = page_of(request), response.status_code
        REQUESTS.labels(_method_of(request), page, str(status)).inc()
        SECONDS.labels(page).observe(took)
        if not request.path.startswith(QUIET):
            logger.log(
                40 if status >= 500 else 20,
                "request",
                method=request.method,
                path=request.path,
                page=page,
                status=status,
                ms=round(took * 1000, 1),
                user=getattr(getattr(request, "user", None), "pk", None),
            )
        return response


def page_of(request: HttpRequest) -> str:
    """Give the name of the page that answered, never its address."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "none"


def _method_of(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "OTHER"
