"""Answers for load balancers and for Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jingkai.kernel.health.queries import get_readiness
from jingkai.kernel.permissions.api import public


@public
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process can answer at all."""
    return JsonResponse({"live": True})


@public
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served, 503 with the reason when not."""
    readiness = get_readiness()
    answer: dict[str, object] = {"ready": readiness.ready}
    if readiness.reason:
        answer["reason"] = readiness.reason
    if settings.INSTANCE:
        answer["instance"] = settings.INSTANCE
    return JsonResponse(answer, status=200 if readiness.ready else 503)


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the measurements, to this machine itself or to whoever shows the token."""
    if not _may_measure(request):
        return HttpResponse("Metrics need the token of JINGKAI_METRICS_TOKEN.\n", status=403)
    from jingkai.kernel.health.web.metrics import as_text

    return HttpResponse(as_text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    """A token when one is set; else only a direct call from this machine, not one that a proxy passed on."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return hmac.compare_digest(given, settings.METRICS_TOKEN.encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
