"""Sending back (退回): which open tasks give way, so that none is lost and no join waits for ever."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import common_scope
from jingkai.kernel.hooks.data import PersonFacingError


class CannotSendBack(PersonFacingError):
    """The step named is no place to send this task back to."""

    sentence = _("This task can't be sent back to “%(node)s”.")
    advice = _("Choose a step that the matter has already passed, outside the other departments' branches.")


def scopes_to_leave(current: str, target: str) -> str | None:
    """Return the scope whose open tasks all give way when a task in `current` is sent back to `target`.

    One token at most stands in a scope, so everything open under the innermost scope that both share has
    come out of the very token that goes back: the task itself, or, from inside a fork to before it, every
    branch. Nothing (None) means that the target lies in a neighbouring branch, where others still work.
    """
    shared = common_scope(current, target)
    if _is_neighbour(_next_part(current, shared), _next_part(target, shared)):
        return None
    return shared


def _next_part(scope: str, shared: str) -> str:
    rest = scope.removeprefix(shared).removeprefix("/")
    return rest.partition("/")[0]


def _is_neighbour(one: str, other: str) -> bool:
    """Two different branches of the same fork."""
    return bool(one and other) and one.partition(":")[0] == other.partition(":")[0]
