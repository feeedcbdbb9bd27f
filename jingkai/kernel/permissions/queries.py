"""Reads: who acts, which rights exist, which rule a page is under."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from jingkai.kernel.permissions import rules
from jingkai.kernel.permissions.data import VISITOR, Access, Actor, Permission


def all_permissions() -> tuple[Permission, ...]:
    """Give every declared right, by code."""
    return tuple(sorted(rules.permissions.all(), key=lambda permission: permission.code))


def undeclared_codes() -> list[str]:
    """Give the codes that some page asks for and no app declared: no role could ever carry them."""
    return sorted(rules.used_codes - {permission.code for permission in rules.permissions.all()})


def may(actor: Actor, code: str) -> bool:
    """Tell whether the actor holds a right; the product itself holds all."""
    return actor.kind == "system" or code in actor.permissions


def actor_of(user: Any, on: date) -> Actor:
    """Turn a user into an actor; without a resolver (or an account) that is a visitor without rights."""
    if not getattr(user, "is_authenticated", False):
        return VISITOR
    for resolver in rules.resolvers:
        return resolver(user, on)
    return Actor(party_id=None, user_id=user.pk, name=user.get_username(), kind="visitor")


def access_of(view: Callable[..., Any] | None, path: str) -> Access | None:
    """Find the rule of a page: its own, else that of the longest guarded prefix, else none."""
    own = getattr(view, "access", None)
    if isinstance(own, Access):
        return own
    if own is not None:  # the design system stands below and names the kind only
        return Access(own)
    prefixes = [prefix for prefix in rules.guards if path.startswith(prefix)]
    return rules.guards[max(prefixes, key=len)] if prefixes else None
