"""On whom a task falls: from the performer that the drawing names to a party of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.flow.api import parse_performer
from jingkai.casework.flow.data import Performer, PerformerKind, UserTask
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Post, Unit


class NobodyThere(PersonFacingError):
    """The drawing names somebody whom the organisation does not have; nothing was written."""

    sentence = _("The step “%(node)s” can't be opened: %(reason)s.")
    advice = _("Ask the system administrator to correct units, posts and roles, or the flow; then try again.")


@dataclass(frozen=True, slots=True)
class Place:
    """Who gets a task: one person, or a pool (narrowed to posts with a role), or a person out of a pool."""

    assignee_id: int | None = None
    pool_id: int | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class _PostLine:
    post_id: int
    unit_id: int
    unit_code: str
    holders: tuple[int, ...]


def places_for(
    nodes: Iterable[UserTask],
    *,
    case: Case,
    units: Mapping[str, int],
    done: Iterable[Task],
    on: date,
) -> list[Place]:
    """Give the place of each node's task, with at most one query each for posts and former holders.

    `units` are those that the drawing names, by code; others, named by a variable, are looked up. `done` are
    tasks that this very step finishes.
    """
    wanted = [(node, _performer(node, case.variables)) for node in nodes]
    asked = {p.value for _node, p in wanted if p.kind is PerformerKind.UNIT}
    units = {**units, **_units(asked - units.keys())}
    posts = _posts({p.value for _node, p in wanted if p.kind is PerformerKind.ROLE}, on)
    former = _former({p.value for _node, p in wanted if p.kind is PerformerKind.SAME}, case)
    former |= {task.node_id: Place(task.assignee_id, task.pool_id, task.role) for task in done}
    return [_place(node, performer, case, units, posts, former) for node, performer in wanted]


def _performer(node: UserTask, values: Mapping[str, Any]) -> Performer:
    performer = node.performer
    if performer.kind is not PerformerKind.VARIABLE:
        return performer
    written = str(values.get(performer.value) or "")
    found = parse_performer(written) if written else None
    if found is None or found.kind is PerformerKind.VARIABLE:
        reason = _("the value “%(name)s”, which says who is to do it, is empty or unreadable")
        raise NobodyThere(node=local(node, "name"), reason=str(reason) % {"name": performer.value})
    return found


def _place(
    node: UserTask,
    performer: Performer,
    case: Case,
    units: Mapping[str, int],
    posts: dict[str, list[_PostLine]],
    former: dict[str, Place],
) -> Place:
    starter = Place(case.starter_id) if case.starter_id else Place(pool_id=case.applicant_id)
    match performer.kind:
        case PerformerKind.UNIT if performer.value in units:
            return Place(pool_id=units[performer.value])
        case PerformerKind.UNIT:
            raise NobodyThere(
                node=local(node, "name"),
                reason=str(_("there is no unit “%(code)s”")) % {"code": performer.value},
            )
        case PerformerKind.ROLE:
            return _role_place(node, performer, posts[performer.value])
        case PerformerKind.APPLICANT if case.applicant_id:
            return Place(pool_id=case.applicant_id)
        case PerformerKind.SAME:
            return former.get(performer.value, starter)
        case PerformerKind.PARTY:
            return Place(pool_id=int(performer.value))
    return starter


def _role_place(node: UserTask, performer: Performer, posts: list[_PostLine]) -> Place:
    """One holder gets the task himself; several posts of one unit share it as a pool."""
    fitting = [post for post in posts if performer.unit in ("", post.unit_code)]
    units = {post.unit_id for post in fitting}
    holders = {(post.post_id, person) for post in fitting for person in post.holders}
    if len(fitting) == 1 or len(holders) == 1:
        post_id = fitting[0].post_id if len(fitting) == 1 else next(iter(holders))[0]
        return Place(next(iter(holders))[1] if len(holders) == 1 else None, post_id)
    if len(units) == 1:
        return Place(pool_id=units.pop(), role=performer.value)
    if not fitting:
        reason = _("no post carries the role “%(role)s”")
    else:
        reason = _(
            "posts of several units carry the role “%(role)s”; the flow must name one (role:%(role)s@unit)"
        )
    raise NobodyThere(node=local(node, "name"), reason=str(reason) % {"role": performer.value})


def _units(codes: set[str]) -> dict[str, int]:
    if not codes:
        return {}
    return dict(Unit.objects.filter(code__in=codes, party__active=True).values_list("code", "party_id"))


def _posts(roles: set[str], on: date) -> dict[str, list[_PostLine]]:
    """Give the active posts that carry these roles with who holds them today, in one query."""
    found: dict[str, list[_PostLine]] = defaultdict(list)
    if not roles:
        return found
    today = Q(appointments__voided_at__isnull=True, appointments__starts_on__lte=on) & (
        Q(appointments__ends_on__isnull=True) | Q(appointments__ends_on__gte=on)
    )
    rows = (
        Post.objects.filter(roles__code__in=roles, party__active=True)
        .annotate(held=FilteredRelation("appointments", condition=today))
        .order_by("pk")
        .values_list(
            "roles__code", "pk", "unit_id", "unit__code", "held__person_id", "held__person__party__active"
        )
    )
    holders: dict[tuple[str, int, int, str], set[int]] = defaultdict(set)
    for role, post, unit, code, person, active in rows:
        line = holders[role, post, unit, code]
        if person is not None and active:
            line.add(person)
    for (role, post, unit, code), people in holders.items():
        found[role].append(_PostLine(post, unit, code, tuple(sorted(people))))
    return found


def _former(nodes: set[str], case: Case) -> dict[str, Place]:
    """Give who did these nodes last in this case; an applicant's people share their tasks."""
    if not nodes:
        return {}
    rows = Task.objects.filter(case_id=case.pk, node_id__in=nodes, state=Task.State.DONE).order_by("pk")
    return {
        node: Place(assignee, pool, role)
        for node, assignee, pool, role in rows.values_list("node_id", "assignee_id", "pool_id", "role")
    }
