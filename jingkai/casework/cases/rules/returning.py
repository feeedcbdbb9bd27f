"""Sending back (退回): where to, and which open tasks give way: none is lost, no join waits for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import Flow, PerformerKind, UserTask, common_scope, inside
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError

if TYPE_CHECKING:
    from jingkai.casework.cases.models import Task


class CannotSendBack(PersonFacingError):
    """The step named is no place to send this task back to."""

    sentence = _("This task can't be sent back to “%(node)s”.")
    advice = _("Choose a step that the matter has already passed, outside the other departments' branches.")


class ApplicantStep(CannotSendBack):
    """The step is the applicant's, who would have to act outside every limit and without a written notice."""

    sentence = _("“%(node)s” is done by the applicant, so a matter can't be sent back to it.")
    advice = _("Ask the applicant with the form of your step, or choose a step of an office.")


class BindingStep(CannotSendBack):
    """What was decided at the step, or after it, was formally issued to the applicant."""

    sentence = _("The matter can't go back to “%(node)s”: what was decided since is formally issued.")
    advice = _("Choose a later step. What was issued is changed only by the act that the law names for it.")


def check_return(
    flow: Flow, *, here: UserTask, to: str, done: Sequence[Task], applicant_id: int | None
) -> str:
    """Give the scope whose open tasks give way when a task at `here` goes back to the node `to`.

    `done` are the finished tasks of the case in the order of opening. Errors: CannotSendBack with its kinds.
    """
    target = flow.user_task(to)
    last = last_at(to, done)
    leave = scopes_to_leave(here.scope, target.scope) if target else None
    crossing = target is not None and crosses_side(flow, here.scope, target.scope)
    if target is None or last is None or leave is None or crossing or target.id == here.id:
        raise CannotSendBack(node=local(target, "name") if target else to)
    if is_applicants(target, last, applicant_id):
        raise ApplicantStep(node=local(target, "name"))
    if any(row.pk >= last.pk for row in _binding(flow, done, target.scope)):
        raise BindingStep(node=local(target, "name"))
    return leave


def last_at(node: str, done: Sequence[Task]) -> Task | None:
    """Give the task by which a step was done last: its holder's own, not that of a further signer beside him.

    `done` are finished tasks in the order of opening.
    """
    rows = [row for row in done if row.node_id == node]
    if not rows:
        return None
    own = [row for row in rows if row.group == rows[-1].group and not row.added]
    return own[-1] if own and rows[-1].added else rows[-1]


def crosses_side(flow: Flow, one: str, other: str) -> bool:
    """Say whether one of two scopes lies in a side path that the other is not in: no return leads over that.

    Outside, the main path would be lost; inside, the other branches of a fork would never be done.
    """
    shared = common_scope(one, other)
    parts = [part for scope in (one, other) for part in scope.removeprefix(shared).split("/") if part]
    return any(part.partition(":")[0] in flow.sides for part in parts)


def returnable(
    flow: Flow, *, here: UserTask, done: Sequence[Task], applicant_id: int | None
) -> list[tuple[UserTask, Task]]:
    """Give the steps to which a task at `here` may go back, each with the task that was done there last.

    In the order of opening, those first that the drawing names (`jk:sendBackTo`).
    """
    found = []
    for name in dict.fromkeys(row.node_id for row in done):
        try:
            check_return(flow, here=here, to=name, done=done, applicant_id=applicant_id)
        except CannotSendBack:
            continue
        node, last = flow.user_task(name), last_at(name, done)
        if node is not None and last is not None:
            found.append((node, last))
    named = here.send_back_to
    return sorted(found, key=lambda one: named.index(one[0].id) if one[0].id in named else len(named))


def is_applicants(node: UserTask, last: Task, applicant_id: int | None) -> bool:
    """Say whether a step is the applicant's: by its drawing, or because it fell on the applicant."""
    fell = applicant_id is not None and applicant_id in (last.pool_id, last.assignee_id)
    return fell or node.performer.kind is PerformerKind.APPLICANT


def _binding(flow: Flow, done: Iterable[Task], scope: str) -> Iterable[Task]:
    """The finished tasks whose outcome was formally issued, of those that would be done again from a scope.

    A neighbouring branch is not among them: what it issued stands, whatever is done again beside it.
    """
    for row in done:
        node = flow.user_task(row.node_id)
        again = inside(row.scope, scope) or inside(scope, row.scope)
        if again and node is not None and row.outcome in node.binding:
            yield row


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
