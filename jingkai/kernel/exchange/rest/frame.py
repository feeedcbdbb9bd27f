"""The frame around every call: who calls, how often, how large, once; and every refusal as RFC 9457.

A call carries `Authorization: Bearer jk_…`; a session's cookie means nothing here. A writing call carries an
`Idempotency-Key`; it is one transaction, and its repetition gets the first answer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import get_schema

from jingkai.kernel.audit.data import origin
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import Caller
from jingkai.kernel.exchange.operations.tokens import NotAuthenticated, authenticate
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.pace.api import count_turn
from jingkai.kernel.permissions.api import PUBLIC, VISITOR, public
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.submissions.api import DatabaseAway, idempotent

logger = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
MOST_BYTES = 1024 * 1024
MOST_FILE_BYTES = 20 * 1024 * 1024
FILE = "application/octet-stream"
DESCRIPTION = (
    "Items, packages, applications, progress, results and ratings of the service hall, for other systems. "
    "Times are ISO 8601 with zone, days are dates. Errors are RFC 9457 problems. Lists are paged by "
    "`cursor`. Writing calls need an `Idempotency-Key`."
)
NO_TEXT = _("A text holds a character that no text can hold (the null character, half of a character).")
TITLES = {
    400: "Bad request",
    401: "Authentication required",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict with the present state",
    413: "Too large",
    415: "JSON is expected",
    422: "The values are not right",
    429: "Too many calls",
    500: "Our fault",
    503: "Not available now",
}


def make_api() -> NinjaAPI:
    """Put the interface together from the routers that apps registered."""
    api = NinjaAPI(
        title="Jingkai",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
    )
    api.add_exception_handler(PersonFacingError, lambda _request, error: problem_of(cast(Any, error)))
    api.add_exception_handler(ValidationError, lambda _request, error: _invalid(cast(Any, error)))
    api.add_exception_handler(Http404, lambda _request, _error: problem(404))
    api.add_exception_handler(HttpError, lambda _request, error: _http(cast(Any, error)))
    for entry in rules.routers.all():
        api.add_router(entry.prefix, entry.path)
    return api


def schema_of(api: NinjaAPI) -> dict[str, Any]:
    """Write the interface down as OpenAPI 3.1, with what the frame asks of every call."""
    schema: dict[str, Any] = dict(get_schema(api, path_prefix="/api/v1/"))
    schema.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    schema["servers"] = [{"url": settings.BASE_URL}]
    schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return schema


PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "advice": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same key with the same body gives the first answer again; with another body 409.",
}


def _complete(method: str, operation: dict[str, Any]) -> None:
    refused = {
        "description": "Problem",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in ("401", "403", "404", "422", "429"):
        operation.setdefault("responses", {}).setdefault(status, refused)
    if method in ("post", "put", "patch", "delete"):
        operation.setdefault("parameters", []).append(KEY_PARAMETER)
        for status in ("400", "409", "413"):
            operation["responses"].setdefault(status, refused)


# --- one call -------------------------------------------------------------------------------------


def framed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Put the frame around a view of the interface; what it lets in is decided by the token."""

    @csrf_exempt
    @wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(_language(request)):
            try:
                response, left = _carry_out(request, lambda: view(request, *args, **kwargs))
            except PersonFacingError as refused:
                return problem_of(refused)
            except (OperationalError, InterfaceError):
                logger.exception("the database was away: %s %s", request.method, request.path)
                return problem_of(DatabaseAway())
            except Exception:
                logger.exception("a call of the interface failed: %s %s", request.method, request.path)
                return problem(500)
        if response.status_code == 405:
            allowed = response.get("Allow", "")
            response = problem(405)
            response["Allow"] = allowed
        response["RateLimit-Remaining"] = str(left)
        response["Cache-Control"] = "no-store"
        return response

    call.access = PUBLIC  # type: ignore[attr-defined]
    return call


def _carry_out(request: HttpRequest, run: Callable[[], HttpResponseBase]) -> tuple[HttpResponseBase, int]:
    header = request.headers.get("Authorization", "")
    request.user = AnonymousUser()
    try:
        caller, left = authenticate(header=header, address=origin.get().ip, at=request.at)  # type: ignore[attr-defined]
    except NotAuthenticated:
        request.actor = VISITOR  # type: ignore[attr-defined]
        count_turn(request, rules.WRONG_TOKENS)
        raise
    request.caller = caller  # type: ignore[attr-defined]
    request.actor = actor_of(caller)  # type: ignore[attr-defined]
    refused = _take_body(request)
    if refused is not None:
        return refused, left
    return idempotent(lambda _request: run())(request), left


def _take_body(request: HttpRequest) -> HttpResponseBase | None:
    """Read the body, within its limit: JSON, or one file as it is."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method not in ("POST", "PUT", "PATCH"):
        return None if length == "0" else problem(400)
    if request.content_type not in ("application/json", FILE):
        return problem(415)
    is_file = request.content_type == FILE
    most = MOST_FILE_BYTES if is_file else MOST_BYTES
    if not length.isdigit() or int(length) > most:
        return problem(413, detail=f"At most {most} bytes.")
    if is_file:
        request._body = request.read(int(length))
    elif _holds_no_text(request.body):
        return problem(400, detail=str(NO_TEXT))
    return None


def _holds_no_text(body: bytes) -> bool:
    """Tell whether some text in JSON can be stored nowhere: a null character, half of a character."""
    if b"\\u" not in body:
        return False
    try:
        return _is_no_text(json.loads(body))
    except (ValueError, RecursionError):  # no JSON: its reader says so
        return False


def _is_no_text(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return any(_is_no_text(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_is_no_text, value))


def actor_of(caller: Caller) -> Actor:
    """The other system as an actor: it holds no right but its scopes, and acts for its enterprise at most."""
    own = (caller.enterprise_id,) if caller.enterprise_id else ()
    return Actor(
        party_id=None,
        user_id=None,
        name=caller.name,
        kind="program",
        grantees=own,
        enterprise_ids=own,
    )


@csrf_exempt
@public
def lost(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Answer a call to an address that the interface does not have."""
    del request, rest
    return problem(404)


def _language(request: HttpRequest) -> str:
    wanted = request.headers.get("Accept-Language", "")
    return "en" if wanted.lower().startswith("en") else settings.LANGUAGE_CODE


# --- refusals -------------------------------------------------------------------------------------


def problem(status: int, detail: str = "", **more: Any) -> JsonResponse:
    """Say why a call was not carried out, after RFC 9457."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Refused"), "status": status}
    if detail:
        body["detail"] = detail
    body.update(more)
    response = JsonResponse(body, status=status, content_type=PROBLEM)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="jingkai"'
    return response


def problem_of(error: PersonFacingError) -> JsonResponse:
    """Say a refusal of the domain to a program."""
    more: Mapping[str, Any] = {"advice": str(error.advice)} if error.advice else {}
    response = problem(error.status, detail=str(error.sentence), **more)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HttpError) -> JsonResponse:
    return problem(error.status_code, detail=error.message)


def _invalid(error: ValidationError) -> JsonResponse:
    faults = [
        {"place": "/".join(str(part) for part in fault.get("loc", ())), "fault": str(fault.get("msg", ""))}
        for fault in error.errors
    ]
    return problem(422, errors=faults)
