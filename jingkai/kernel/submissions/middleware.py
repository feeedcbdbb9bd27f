"""Refusals become pages in words that keep what was typed, wherever they are raised."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.forms import BaseForm
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import NotPermitted, page_of
from jingkai.kernel.submissions import operations, queries
from jingkai.kernel.submissions.data import TOKEN_FIELD
from jingkai.kernel.submissions.rules import DatabaseAway
from jingkai.ui.errors import error_page

LONGEST_SHOWN = 20_000


class FormTooOld(PersonFacingError):
    """The form's secret does not fit the log-in: it was open while the person logged in again."""

    status = 403
    sentence = gettext_lazy("This form was open while you logged in again, so it was not carried out.")
    advice = gettext_lazy("Go back to the form and send it once more.")


class NullCharacter(PersonFacingError):
    """A null character: no text of a person holds one, and the database stores none."""

    status = 400
    sentence = gettext_lazy("What was sent holds a character that no text can hold (the null character).")
    advice = gettext_lazy("It has been taken out of what you typed. Go back to the form and send it again.")


class NullCharacterMiddleware:
    """Answer 400 in words to a null character, before a query carries it to the database as an error.

    The address and the cookies are looked at first, without asking who it is; the fields of a form when its
    sender is known, so that what was typed is kept. Bodies that are no forms are left to their readers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at what every request carries."""
        if "\x00" in request.path or _has_null(request.GET) or "\x00" in "".join(request.COOKIES.values()):
            if request.path.startswith("/api/"):
                return problem(NullCharacter())
            return error_page(None, 400, detail=str(NullCharacter.sentence))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Look at the fields of a form."""
        del view, args, kwargs
        if request.method == "POST" and _has_null(request.POST):
            return refusal_page(request, NullCharacter())
        return None


def _has_null(fields: QueryDict) -> bool:
    return any("\x00" in text for name, values in fields.lists() for text in (name, *map(str, values)))


class RefusalMiddleware:
    """Turn a `PersonFacingError` into a page; the view's transaction has been rolled back by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer errors that carry a sentence; leave all others to the handlers."""
        return refusal_page(request, exception) if isinstance(exception, PersonFacingError) else None


def refusal_page(request: HttpRequest, error: PersonFacingError) -> HttpResponseBase:
    """Say in words why something was not done, show what was typed, and lead back to the form."""
    response = _told(request, error)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def _told(request: HttpRequest, error: PersonFacingError) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return problem(error)
    if wants_json(request):
        return operations.refusal_json(error)
    row = operations.hold(request) if request.method == "POST" else None
    typed = [] if request.method != "POST" else _typed(request)
    data: dict[str, Any] = {
        "title": title_of(error.status),
        "sentence": error.sentence,
        "advice": error.advice,
        "status": error.status,
        "typed": typed,
        "held": row is not None,
        "back": page_of(request) if request.method == "POST" else "",
    }
    response = render(request, "submissions/refused.html", data, status=error.status)
    if request.headers.get("HX-Request"):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return operations.keep_cookie(request, response)


def wants_json(request: HttpRequest) -> bool:
    """Whether the sender is a script that reads JSON and nothing else."""
    return request.headers.get("Accept", "") == "application/json"


def title_of(status: int) -> str:
    """Give the heading of a refusal by its HTTP status."""
    titles = {
        400: _("The form could not be read"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        413: _("This is too large"),
        429: _("Too many attempts"),
        503: _("Please wait a moment"),
    }
    return titles.get(status, _("This was not carried out"))


def problem(error: PersonFacingError) -> JsonResponse:
    """Tell an API caller the same, after RFC 9457."""
    body = {
        "type": "about:blank",
        "title": title_of(error.status),
        "status": error.status,
        "detail": str(error.sentence),
    }
    if error.advice:
        body["advice"] = str(error.advice)
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    labels = _labels(_app_of(request))
    shown = [
        (str(labels.get(name) or name.replace("_", " ")), "\n".join(values)[:LONGEST_SHOWN])
        for name, values in queries.kept_fields(request).items()
    ]
    return [(label, text) for label, text in shown if text.strip()]


def _app_of(request: HttpRequest) -> str:
    """The package whose page the form was sent to, such as `jingkai.kernel.notices.`; empty for none."""
    match = getattr(request, "resolver_match", None)
    return match.func.__module__.partition("web.")[0] if match else ""


@cache
def _labels(app: str) -> dict[str, Any]:
    """What the forms of an app call their fields, as they stand above them, by the fields' names."""
    named = {name: label for name, label in SPOKEN.items() if app}
    for form in _kinds_of(BaseForm) if app else ():
        if form.__module__.startswith(app):
            fields = getattr(form, "base_fields", {}).items()
            named |= {name: field.label for name, field in fields if field.label}
    return named


SPOKEN = {
    "text": gettext_lazy("What you wrote"),
    "reason": gettext_lazy("Reason"),
    "note": gettext_lazy("Note"),
}
"""Fields that many pages write by hand."""


def _kinds_of(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 403 in words (`handler403`)."""
    error = exception if isinstance(exception, PersonFacingError) else NotPermitted()
    return refusal_page(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose secret does not fit, keeping what was typed when it came from our own page."""
    del reason
    if wants_json(request):
        return operations.refusal_json(FormTooOld())
    if not _from_here(request):
        return HttpResponse(str(FormTooOld.sentence), status=403, content_type="text/plain; charset=utf-8")
    return refusal_page(request, FormTooOld())


def _from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or origin.startswith(f"{own}/")


# --- the database is away -------------------------------------------------------------------------


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer an error that nobody foresaw (`handler500`): in words of its own when the database is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return away(request)
    return error_page(None, 500)


def away(request: HttpRequest) -> HttpResponseBase:
    """Say that the database is away, without asking it; a form is shown again, ready to be sent again.

    It carries its one-time mark: a form whose answer was lost after its commit is carried out once.
    """
    error = DatabaseAway()
    if request.path.startswith("/api/"):
        response: HttpResponseBase = problem(error)
    elif wants_json(request):
        response = operations.refusal_json(error)
    else:
        response = HttpResponse(
            render_to_string("submissions/away.html", _away_data(request, error)), status=503
        )
    response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    if request.headers.get("HX-Request"):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def _away_data(request: HttpRequest, error: DatabaseAway) -> dict[str, Any]:
    data: dict[str, Any] = {
        "title": title_of(error.status),
        "sentence": error.sentence,
        "advice": error.advice,
    }
    if request.method != "POST":
        return {**data, "address": page_of(request)}
    if not (_from_here(request) and _small(request)):
        return data
    try:
        kept = queries.kept_fields(request)
        marks = {
            name: request.POST[name] for name in (TOKEN_FIELD, "csrfmiddlewaretoken") if name in request.POST
        }
        whole = set(request.POST) == {*kept, *marks} and not request.FILES
        typed = _typed(request)
    except (UnreadablePostError, SuspiciousOperation, MultiPartParserError):
        return data
    fields = [(name, value) for name, values in kept.items() for value in values]
    again = [*fields, *marks.items()] if whole else []
    return {**data, "typed": typed, "again": again, "target": request.get_full_path()}


def _small(request: HttpRequest) -> bool:
    """Whether the body is one of a form; files are not taken in here."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
