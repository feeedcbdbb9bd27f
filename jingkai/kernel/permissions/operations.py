"""The decorators by which a page says who may open it, and the refusals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions import queries, rules
from jingkai.kernel.permissions.data import Access, Actor
from jingkai.kernel.permissions.rules import PUBLIC, SIGNED_IN, STAFF

logger = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


class NotPermitted(PersonFacingError, PermissionDenied):
    """The person is known but lacks the right."""

    status = 403
    sentence = _("You are not allowed to do this.")
    advice = _(
        "If your work needs it, ask the system administrator to give your post a role with this right."
    )


class NotForYourKind(NotPermitted):
    """The page is for officers of the zone only."""

    sentence = _("This page is for officers of the zone.")
    advice = _("Log in with an officer's account, or go back to the front page.")


class MissingRight(NotPermitted):
    """The actor holds none of the rights that the page asks for."""

    sentence = _("This needs the right “%(right)s”, which your posts do not carry.")


def public(view: View) -> View:
    """Open a page to everyone."""
    return _declared(view, PUBLIC)


def signed_in(view: View) -> View:
    """Open a page to everyone with an account."""
    return _declared(view, SIGNED_IN)


def staff(view: View) -> View:
    """Open a page to every officer of the zone."""
    return _declared(view, STAFF)


def requires(*codes: str) -> Callable[[View], View]:
    """Open a page to holders of any of these rights."""
    if not codes or not all(isinstance(code, str) for code in codes):
        raise TypeError("requires() takes at least one permission code")
    rules.used_codes.update(codes)

    def decorate(view: View) -> View:
        return _declared(view, Access("requires", codes))

    return decorate


def _declared(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refused = check_access(request, access)
        if refused is not None:
            return refused
        for look in rules.looks:
            look(request)
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def check_access(request: HttpRequest, access: Access) -> HttpResponseBase | None:
    """Let the actor pass (None), send a visitor to the log-in page, or refuse with `NotPermitted`."""
    if access.kind == "public":
        return None
    if not request.user.is_authenticated:
        return ask_to_log_in(request)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if access.kind == "staff" and actor.kind != "staff":
        _log_refusal(request, actor, ("staff",))
        raise NotForYourKind
    if access.kind == "requires" and not any(queries.may(actor, code) for code in access.codes):
        _log_refusal(request, actor, access.codes)
        raise MissingRight(right=_right_names(access.codes))
    return None


def _log_refusal(request: HttpRequest, actor: Actor, codes: tuple[str, ...]) -> None:
    needed = " or ".join(codes)
    logger.warning("refused %s %s to user %s: needs %s", request.method, request.path, actor.user_id, needed)


def _right_names(codes: tuple[str, ...]) -> str:
    known = (rules.permissions.get(code) for code in codes)
    return " / ".join(local(item, "name") if item else code for item, code in zip(known, codes, strict=True))


def ask_to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Send a visitor to the log-in page and back to the page they were on; an API call is told 401."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": "Authentication required", "status": 401},
            status=401,
            content_type="application/problem+json",
        )
    response: HttpResponseBase = redirect_to_login(page_of(request), resolve_url(settings.LOGIN_URL))
    for gate in rules.login_gates.all():
        response = gate(request, response)
    if request.headers.get("HX-Request"):
        location = response["Location"]
        partial, response = response, HttpResponse(status=200, headers={"HX-Redirect": location})
        response.cookies = partial.cookies
    return response


def page_of(request: HttpRequest) -> str:
    """Give the page a person is on: the one asked for, or the one on which a sent form stood."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    if came_from and allowed:
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
