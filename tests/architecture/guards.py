"""Asking the guard of an address, and nothing behind it: who is let in, and whether the matrix says the same.

The guard is asked in-process, as the middleware and the view ask it; what comes before and after it (session,
log-in, page) is walked by the sample that goes through everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.test import RequestFactory
from django.utils import timezone

from jingkai.kernel.permissions import operations
from jingkai.kernel.permissions.api import VISITOR, Access, Actor
from jingkai.kernel.permissions.middleware import ActorMiddleware
from jingkai.kernel.permissions.testing import PASSED, stopping_after_the_guard
from tests.architecture.matrix import may_be_opened_by
from tests.architecture.pages import SAMPLES, Page

AS_A_PROGRAM = {"Accept": "application/json"}
"""A refusal in a few bytes instead of a whole page."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who knocks: the actor, and the user that the session would give."""

    actor: Actor
    user: Any

    @classmethod
    def of(cls, actor: Actor) -> Person:
        """Somebody who is logged in, unless it is the visitor."""
        known = SimpleNamespace(is_authenticated=True, pk=actor.user_id)
        return cls(actor, AnonymousUser() if actor == VISITOR else known)


@contextmanager
def asking_guards() -> Iterator[None]:
    """While it lasts, whoever passes a guard is answered with `PASSED`; no page is made, none logged."""
    with stopping_after_the_guard(lambda _request: False), mock.patch.object(operations, "_log_refusal"):
        yield


def ask(page: Page, person: Person, method: str) -> HttpResponseBase:
    """Knock at one address with one method, as the middleware and the view see it."""
    request: Any = RequestFactory().generic(method, page.path(), headers=AS_A_PROGRAM)
    request.user, request.actor, request.at = person.user, person.actor, timezone.now()
    request.session = {}
    try:
        refused = ActorMiddleware(lambda _request: HttpResponse()).process_view(request, page.view, (), {})
        answer: HttpResponseBase = refused or page.view(request, **_nothing(page))
    except PermissionDenied:
        return HttpResponse(status=403)
    return answer


def _nothing(page: Page) -> dict[str, Any]:
    """Values for the parts of an address, of the right kinds, that name nothing that exists."""
    made: dict[str, Any] = {"uuid": UUID(SAMPLES["uuid"]), "int": int(SAMPLES["int"])}
    return {name: made.get(kind, SAMPLES.get(kind, "2026")) for name, kind in page.parameters.items()}


def faults(pages: Iterable[Page], person: Person, methods: Iterable[str]) -> list[str]:
    """Everything in which the guards of these addresses and the matrix disagree about one person."""
    wanted = tuple(methods)
    found = []
    for page in pages:
        access = may_be_opened_by(page)
        for method in wanted:
            answer = ask(page, person, method)
            fault = judge(access, person.actor, answer) or misses_the_right(access, person.actor, answer)
            if fault:
                found.append(f"{method} /{page.route}: {answer.status_code} {fault}")
    return found


def misses_the_right(access: Access | None, actor: Actor, answer: HttpResponseBase) -> str:
    """A guard lets in whom the matrix lets in; a public page may answer what it likes, but not refuse."""
    if access is None or not may_open(access, actor) or answer.status_code == PASSED:
        return ""
    if access.kind == "public" and answer.status_code != 403 and not leads_to_login(answer):
        return ""
    return "refused somebody with the right"


def judge(access: Access | None, actor: Actor, response: HttpResponseBase) -> str:
    """What is wrong with an answer, or nothing: the one matrix."""
    status = response.status_code
    if status >= 500 and status != 503:
        return "the page broke"
    if access is None:
        return "nobody says who may open it"
    if not may_open(access, actor):
        return "" if refuses(actor, response) else "opened to somebody without the right"
    if access.kind != "public" and leads_to_login(response) and actor.kind != "visitor":
        return "sent a person with the right to the log-in page"
    return ""


def may_open(access: Access, actor: Actor) -> bool:
    """Whether the matrix lets this actor in."""
    if access.kind == "public":
        return True
    if actor.kind == "visitor" and actor.user_id is None and actor.party_id is None:
        return False
    if access.kind == "signed_in":
        return True
    if access.kind == "staff":
        return actor.kind == "staff"
    return bool(set(access.codes) & actor.permissions)


def refuses(actor: Actor, response: HttpResponseBase) -> bool:
    """A visitor is sent to the log-in page (a program is told 401), a known person is told 403."""
    if actor.party_id is None:
        return leads_to_login(response) or response.status_code in (401, 403)
    return response.status_code == 403


def leads_to_login(response: HttpResponseBase) -> bool:
    """Whether the answer is the way to the log-in page."""
    target: Any = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    return bool(target.split("?")[0] == resolve_url(settings.LOGIN_URL))
