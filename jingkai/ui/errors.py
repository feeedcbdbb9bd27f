"""Error pages in the user's words: what happened, and what to do next.

The project's URL configuration names the four handlers (`handler404 = "jingkai.ui.errors.page_not_found"`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """What an error page says for one HTTP status."""

    status: int
    title: str | Promise
    text: str | Promise
    advice: str | Promise


WORDS = {
    words.status: words
    for words in (
        ErrorWords(
            400,
            _("This request could not be understood"),
            _("Something in the address or in the form is not as expected."),
            _("Go back, check what you entered and send it again."),
        ),
        ErrorWords(
            403,
            _("You may not see or do this"),
            _("Your account has no right to this page, or the form was open for too long."),
            _("Reload the form and try again. If you need the right, ask your system administrator."),
        ),
        ErrorWords(
            404,
            _("This page does not exist"),
            _("The address is wrong, or what was here is no longer shown to you."),
            _("Check the address, or search for it by number or name."),
        ),
        ErrorWords(
            409,
            _("Someone else changed this in the meantime"),
            _("What you sent was based on an older state and was not saved."),
            _("Go back, reload the page to see the change, then send yours again."),
        ),
        ErrorWords(
            413,
            _("This file is too large"),
            _("The file is larger than this system accepts."),
            _("Make it smaller or split it, then upload it again."),
        ),
        ErrorWords(
            429,
            _("Too many requests"),
            _("This was tried too often in a short time."),
            _("Wait a few minutes, then try again."),
        ),
        ErrorWords(
            500,
            _("Something went wrong on our side"),
            _("Your work was not finished. Nothing was half saved."),
            _("Try again in a few minutes. If it happens again, tell the operator the time and the page."),
        ),
        ErrorWords(
            503,
            _("The system is being maintained"),
            _("It will be back shortly."),
            _("Try again in a few minutes."),
        ),
    )
}


def error_page(
    request: HttpRequest | None, status: int, *, detail: str = "", reference: str = ""
) -> HttpResponse:
    """Answer with the error page of a status; `detail` adds a sentence, `reference` a number."""
    context = {"error": WORDS.get(status, WORDS[500]), "detail": detail, "reference": reference}
    response = HttpResponse(render_to_string("ui/error.html", context, request), status=status)
    if request is not None and request.headers.get("HX-Request"):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the sentence that the refusal carries."""
    return error_page(request, 403, detail=str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database: no request, so no context processor runs."""
    return error_page(None, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose secret is missing or too old (`CSRF_FAILURE_VIEW`)."""
    return error_page(request, 403)
