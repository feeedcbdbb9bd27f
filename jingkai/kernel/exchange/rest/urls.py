"""Addresses of the interface: what apps registered, its OpenAPI, and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from jingkai.kernel.exchange.rest import frame, reference

api = frame.make_api()


def _framed(patterns: list[Any]) -> list[URLPattern]:
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        route = f"api/v1/{pattern.pattern}"
        if route not in found and pattern.name != "api-root":
            found[route] = path(route, frame.framed(pattern.callback), name=f"api_{pattern.name}")
    return list(found.values())


urlpatterns = [
    path("api/v1/", reference.page, name="api_reference"),
    path("api/v1/openapi.json", reference.openapi, name="api_openapi"),
    *_framed(api.urls[0]),
    path("api/v1/<path:rest>", frame.lost, name="api_lost"),
]
