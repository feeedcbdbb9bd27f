"""Between signing in and every page: how long a session lasts, what it must prove, what browsers keep."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jingkai.kernel.accounts import operations, queries, rules
from jingkai.kernel.accounts.data import STARTED
from jingkai.kernel.accounts.models import User

LAST_SEEN = "last_seen"
SECOND_FACTOR = "second_factor"
OPEN_PATHS = ("/accounts/", "/i18n/", "/ui/", "/static/", "/health/", "/metrics", "/api/")
AHEAD = 60
"""Seconds by which the clocks of two machines may differ; what is later was noted while one was ahead."""
WRITE_EVERY = 60
"""Seconds between two notes of being active, so that reading does not write to the database each time."""


class AccountMiddleware:
    """Sign out who did nothing for too long; send who must change something to the page where they do it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check the idle time before anything else looks at the user."""
        was_in = _signed_in(request)
        if was_in:
            self._check_end(request)
        if _signed_in(request):
            self._check_idle(request)
        response = self.get_response(request)
        if was_in or _signed_in(request):
            _keep_out_of_memory(response, left=not _signed_in(request))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let nobody past a one-time password or a missing second factor."""
        del view, args, kwargs
        if not _signed_in(request) or request.path.startswith(OPEN_PATHS):
            return None
        user: User = request.user  # type: ignore[assignment]
        if user.must_change_password:
            return _send(request, "account_change_password", _("Choose a new password before you go on."))
        if self._lacks_second_factor(request, user):
            return _send(
                request,
                "mfa_activate_totp",
                _("You log in with an authenticator app beside the password. Set it up now."),
            )
        return None

    @staticmethod
    def _check_end(request: HttpRequest) -> None:
        """End a session that has lasted its time since the log-in, however busy it is."""
        at: datetime = request.at  # type: ignore[attr-defined]
        now, hours = int(at.timestamp()), rules.policy_at(at).session_hours
        started = request.session.setdefault(STARTED, now)
        if started > now + AHEAD:  # begun while a clock was ahead
            started = request.session[STARTED] = now
        if now - started <= hours * 3600:
            return
        operations.note_ended(user=request.user, at=at)  # type: ignore[arg-type]
        logout(request)
        text = ngettext(
            "A session lasts %(hours)d hour. Log in again to go on; what you typed is kept.",
            "A session lasts %(hours)d hours. Log in again to go on; what you typed is kept.",
            hours,
        )
        messages.info(request, text % {"hours": hours})

    @staticmethod
    def _check_idle(request: HttpRequest) -> None:
        user: User = request.user  # type: ignore[assignment]
        at: datetime = request.at  # type: ignore[attr-defined]
        now, seen = int(at.timestamp()), request.session.get(LAST_SEEN)
        policy = rules.policy_at(at)
        minutes = policy.idle_minutes if user.is_staff else policy.enterprise_idle_minutes
        if seen is not None and now - seen > minutes * 60:
            operations.note_timed_out(user=user, at=at)
            logout(request)
            text = _("You were signed out after %(minutes)d minutes without action.") % {"minutes": minutes}
            messages.info(request, text)
        elif seen is None or now - seen >= WRITE_EVERY or seen > now + AHEAD:
            request.session[LAST_SEEN] = now

    @staticmethod
    def _lacks_second_factor(request: HttpRequest, user: User) -> bool:
        if request.session.get(SECOND_FACTOR) == user.pk:
            return False
        if not rules.must_have_second_factor(request.actor, request.at):  # type: ignore[attr-defined]
            return False
        if queries.has_second_factor(user.pk):
            request.session[SECOND_FACTOR] = user.pk
            return False
        return True


def _keep_out_of_memory(response: HttpResponseBase, *, left: bool) -> None:
    """Let no browser keep what a person saw who is logged in, and forget it all when they leave.

    A view that says itself how long its answer may be kept (a picture, a drawing, a file) is left alone.
    """
    response.headers.setdefault("Cache-Control", "no-store, private")
    if left:
        response.headers["Clear-Site-Data"] = '"cache"'


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(getattr(user, "is_authenticated", False))


def _send(request: HttpRequest, name: str, text: str) -> HttpResponseBase:
    messages.warning(request, text)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse(name)})
    return HttpResponseRedirect(reverse(name))
