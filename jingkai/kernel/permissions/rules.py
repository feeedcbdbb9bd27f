"""What apps declare while starting: rights, guards, and how a user becomes an actor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.permissions.data import Access, Actor, Permission

ActorResolver = Callable[[Any, date], Actor]
LoginGate = Callable[[HttpRequest, HttpResponseBase], HttpResponseBase]
Look = Callable[[HttpRequest], None]

permissions: Registry[Permission] = Registry("permissions", key=lambda permission: permission.code)
login_gates: Registry[LoginGate] = Registry("login_gates")
guards: dict[str, Access] = {}
resolvers: list[ActorResolver] = []
looks: list[Look] = []

PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")
STAFF = Access("staff")

used_codes: set[str] = set()
"""Every code that some page asks for; checked against the declared ones when the product starts."""


class Request(HttpRequest):
    """The type of a request that passed the actor middleware (for annotations only)."""

    actor: Actor
    at: datetime


def declare(*items: Permission) -> None:
    """Make rights known, so that roles can carry them and pages ask for them."""
    for item in items:
        permissions.register(item)


def guard(prefix: str, access: Access) -> None:
    """Put every page of another maker under this path prefix behind one access rule."""
    guards[prefix] = access


def set_actor_resolver(resolver: ActorResolver) -> None:
    """Say how a logged-in user becomes an actor on a day (at most two queries; asked once per request)."""
    resolvers[:] = [resolver]


def after_the_guard(look: Look) -> None:
    """Let an app look at every request that its page's guard let pass; it may still refuse by an error."""
    looks.append(look)


def on_login_needed(gate: LoginGate) -> LoginGate:
    """Let an app look at a request that is about to be sent to the log-in page, and at that answer."""
    return login_gates.register(gate)
