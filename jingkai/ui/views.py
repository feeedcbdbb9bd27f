"""The two switches that every page offers: the language, and large print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from jingkai.ui.cookies import ELDER, forget_cookie, in_large_print, keep_cookie

ONE_YEAR = 365 * 24 * 3600


@require_POST
def elder(request: HttpRequest) -> HttpResponse:
    """Turn large print on or off and come back to the same page."""
    response = HttpResponseRedirect(_safe_next(request))
    if in_large_print(request):
        forget_cookie(response, ELDER)
    else:
        keep_cookie(response, ELDER, "1", seconds=ONE_YEAR)
    return response


elder.access = "public"  # type: ignore[attr-defined]


def language(request: HttpRequest) -> HttpResponse:
    """Change the interface's language by cookie and come back to the same page."""
    response: HttpResponse = set_language(request)
    return response


language.access = "public"  # type: ignore[attr-defined]


def _safe_next(request: HttpRequest) -> str:
    """Return the page to come back to, never one of another site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"
