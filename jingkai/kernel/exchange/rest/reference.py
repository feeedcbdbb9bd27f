"""The interface written down: OpenAPI for programs, a page for people; both from the same source."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.rest import frame
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, public


@cache
def _schema() -> dict[str, Any]:
    from jingkai.kernel.exchange.rest.urls import api

    return frame.schema_of(api)


@public
@require_safe
def openapi(request: Request) -> HttpResponse:
    """Give the interface as OpenAPI."""
    return JsonResponse(_schema(), json_dumps_params={"ensure_ascii": False})


@public
@require_safe
def page(request: Request) -> HttpResponse:
    """Show the interface to people: every call with its parameters, body and answer."""
    schema = _schema()
    context = {
        "groups": _groups(schema),
        "scopes": [(scope.code, local(scope, "name")) for scope in rules.scopes.all()],
        "events": [(event.code, local(event, "name")) for event in rules.public_events.all()],
        "types": [_type(name, body) for name, body in sorted(schema["components"]["schemas"].items())],
        "most_kilobytes": frame.MOST_BYTES // 1024,
    }
    return render(request, "exchange/reference.html", context)


def _groups(schema: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or [""])[0]
            groups.setdefault(tag, []).append(_operation(path, method, operation))
    return [(gettext(tag) if tag else "", calls) for tag, calls in groups.items()]


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = next(
        (answer for code, answer in operation["responses"].items() if str(code).startswith("2")), {}
    )
    return {
        "method": method.upper(),
        "path": path,
        "summary": gettext(operation.get("summary", "")),
        "scope": operation.get("x-scope", ""),
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "required": one.get("required", False),
                "kind": _kind(one.get("schema", {})),
            }
            for one in operation.get("parameters", [])
        ],
        "body": _content(operation.get("requestBody", {})),
        "answer": _content(good),
    }


def _content(part: dict[str, Any]) -> str:
    for content in part.get("content", {}).values():
        return _kind(content.get("schema", {}))
    return ""


def _type(name: str, body: dict[str, Any]) -> dict[str, Any]:
    required = set(body.get("required", ()))
    rows = [
        {"name": field, "kind": _kind(one), "required": field in required, "note": one.get("description", "")}
        for field, one in body.get("properties", {}).items()
    ]
    return {"name": name, "rows": rows}


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word in ("anyOf", "allOf", "oneOf"):
        if word in schema:
            return " | ".join(_kind(one) for one in schema[word])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    shape = schema.get("format")
    return f"{schema.get('type', 'any')}{f' ({shape})' if shape else ''}"
