"""On whom a task falls: from the performer that the drawing names to a party of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.queries import people as queries
from jingkai.casework.flow.api import MOST_PEOPLE, parse_performer
from jingkai.casework.flow.data import Performer, PerformerKind, UserTask
from jingkai.kernel.hooks.api import PreparedValues, Slots, local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import members_of
from jingkai.kernel.organisation.models import Post, Unit
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party


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
) -> list[list[Place]]:
    """Give the places of each node's task (several for a task of several people), with one query each kind.

    `units` are those that the drawing names, by code; others, named by a variable, are looked up. `done` are
    tasks that this very step finishes.
    """
    wanted = [(node, _performers(node, case.variables)) for node in nodes]
    every = [performer for _node, performers in wanted for performer in performers]
    asked = {one.value for one in every if one.kind is PerformerKind.UNIT}
    units = {**units, **_units(asked - units.keys())}
    posts = _posts({one.value for one in every if one.kind is PerformerKind.ROLE}, on)
    former = _former({one.value for one in every if one.kind is PerformerKind.SAME}, case)
    former |= {
        task.node_id: Place(task.assignee_id, task.pool_id, task.role)
        for task in done
        if task.state == Task.State.DONE
    }
    people = _people({int(one.value) for one in every if one.kind is PerformerKind.PARTY})
    head = _head(case, on) if any(one.kind is PerformerKind.HEAD for one in every) else None
    scene = _Scene(case, units, posts, former, people, head, on)
    return [_places(node, performers, scene) for node, performers in wanted]


def place_of(performer: Performer, *, node: UserTask, case: Case, on: date) -> Place:
    """Give the place that one performer means for a task at a node. Error: NobodyThere."""
    lone = replace(node, performer=performer, several=None)
    return places_for([lone], case=case, units={}, done=(), on=on)[0][0]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything that was looked up to place the tasks of a step."""

    case: Case
    units: Mapping[str, int]
    posts: dict[str, list[_PostLine]]
    former: dict[str, Place]
    people: dict[int, bool]
    head: Place | None
    on: date


def _places(node: UserTask, performers: list[Performer], scene: _Scene) -> list[Place]:
    several = node.several
    if several is None:
        return [_place(node, performers[0], scene)]
    if several.members:
        found = [place for one in performers for place in _members(node, one, scene)]
    else:
        found = [_place(node, one, scene) for one in performers]
    places = list(dict.fromkeys(found))
    if not places or len(places) > MOST_PEOPLE:
        reason = _("nobody is there to be asked") if not places else _("more people than one step may ask")
        raise NobodyThere(node=local(node, "name"), reason=str(reason))
    return places


def _members(node: UserTask, performer: Performer, scene: _Scene) -> list[Place]:
    """Give one place for each person who today belongs to a unit, or holds a post with a role."""
    if performer.kind is PerformerKind.UNIT:
        unit = _place(node, performer, scene).pool_id or 0
        persons = list(dict.fromkeys(line.person_id for line in members_of(unit, scene.on)))
        return [Place(person, unit) for person in persons]
    fitting = [post for post in scene.posts[performer.value] if performer.unit in ("", post.unit_code)]
    return [Place(person, post.post_id) for post in fitting for person in post.holders]


def _performers(node: UserTask, values: Mapping[str, Any]) -> list[Performer]:
    several = node.several
    if several is None:
        return [_performer(node, node.performer, values)]
    if not several.variable:
        return [_performer(node, one, values) for one in several.performers]
    written = values.get(several.variable) or []
    found = [parse_performer(str(text)) for text in (written if isinstance(written, list) else [])]
    if not found or any(
        one is None or one.kind in (PerformerKind.VARIABLE, PerformerKind.SAME) for one in found
    ):
        reason = _("the value “%(name)s”, which says who is to do it, is empty or unreadable")
        raise NobodyThere(node=local(node, "name"), reason=str(reason) % {"name": several.variable})
    return [one for one in found if one]


def _performer(node: UserTask, performer: Performer, values: Mapping[str, Any]) -> Performer:
    if performer.kind is not PerformerKind.VARIABLE:
        return performer
    written = str(values.get(performer.value) or "")
    found = parse_performer(written) if written else None
    if found is None or found.kind is PerformerKind.VARIABLE:
        reason = _("the value “%(name)s”, which says who is to do it, is empty or unreadable")
        raise NobodyThere(node=local(node, "name"), reason=str(reason) % {"name": performer.value})
    return found


def _place(node: UserTask, performer: Performer, scene: _Scene) -> Place:
    case, units = scene.case, scene.units
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
            return _role_place(node, performer, scene.posts[performer.value])
        case PerformerKind.APPLICANT if case.applicant_id:
            return Place(pool_id=case.applicant_id)
        case PerformerKind.SAME:
            return scene.former.get(performer.value, starter)
        case PerformerKind.HEAD:
            if scene.head is None:
                reason = str(_("nobody heads the unit of whoever started it, or one above"))
                raise NobodyThere(node=local(node, "name"), reason=reason)
            return scene.head
        case PerformerKind.PARTY:
            return _party_place(node, int(performer.value), scene.people)
    return starter


def _head(case: Case, on: date) -> Place | None:
    """Find the head of the starter's unit, for a head the next one above; nobody approves an own matter."""
    unit = queries.unit_of_person(case.starter_id, on) if case.starter_id else None
    head = queries.head_from(unit, on, without=case.starter_id)
    return Place(head.person_id, head.post_id) if head else None


def _party_place(node: UserTask, party: int, people: Mapping[int, bool]) -> Place:
    """A person gets the task himself; any other party is its pool."""
    if party not in people:
        reason = str(_("the party %(party)s is unknown or no longer active")) % {"party": party}
        raise NobodyThere(node=local(node, "name"), reason=reason)
    return Place(party) if people[party] else Place(pool_id=party)


def _people(parties: set[int]) -> dict[int, bool]:
    """Say of these parties, as far as they are active, whether each is a person."""
    if not parties:
        return {}
    rows = Party.objects.filter(pk__in=parties, active=True).values_list("pk", "kind")
    return {party: kind == PartyKind.PERSON for party, kind in rows}


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
    holders: dict[tuple[str, int, int, str], set[int]] = defaultdict(set)
    for row in _HELD.fetch(roles=sorted(roles), on=on):
        role, post, unit, code, person, active = row.values()
        line = holders[role, post, unit, code]
        if person is not None and active:
            line.add(person)
    for (role, post, unit, code), people in holders.items():
        found[role].append(_PostLine(post, unit, code, tuple(sorted(people))))
    return found


def _held_posts(slots: Slots) -> QuerySet[Post, Any]:
    on = slots.day("on")
    today = Q(appointments__voided_at__isnull=True, appointments__starts_on__lte=on) & (
        Q(appointments__ends_on__isnull=True) | Q(appointments__ends_on__gte=on)
    )
    return (
        Post.objects.filter(roles__code__in=slots.texts("roles"), party__active=True)
        .annotate(held=FilteredRelation("appointments", condition=today))
        .order_by("pk")
        .values(
            "roles__code", "pk", "unit_id", "unit__code", "held__person_id", "held__person__party__active"
        )
    )


_HELD = PreparedValues(_held_posts)


def _former(nodes: set[str], case: Case) -> dict[str, Place]:
    """Give who did these nodes last in this case; an applicant's people share their tasks."""
    if not nodes:
        return {}
    rows = Task.objects.filter(case_id=case.pk, node_id__in=nodes, state=Task.State.DONE).order_by("pk")
    return {
        node: Place(assignee, pool, role)
        for node, assignee, pool, role in rows.values_list("node_id", "assignee_id", "pool_id", "role")
    }
