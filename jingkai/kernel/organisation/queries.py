"""Reads: who somebody is today, who belongs to a unit, the tree of units."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Q, QuerySet

from jingkai.kernel.hooks.api import local, prepared_cursor
from jingkai.kernel.organisation import rules
from jingkai.kernel.organisation.data import Administration, HolderLine, MemberLine, UnitKind, UnitLine
from jingkai.kernel.organisation.models import Appointment, Delegation, GivenRight, Post, Unit
from jingkai.kernel.parties.api import name_matches
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor, ActorKind

REPRESENTED_SQL = """
SELECT DISTINCT acts.party_id, COALESCE(role.permissions, '{}') AS permissions
FROM parties_representation acts
JOIN parties_party party ON party.id = acts.party_id AND party.active AND party.kind = 'enterprise'
LEFT JOIN organisation_role role ON role.code = %(prefix)s || acts.role
WHERE acts.person_id = %(me)s AND acts.ended_at IS NULL
  AND acts.starts_on <= %(on)s AND (acts.ends_on IS NULL OR acts.ends_on >= %(on)s)
ORDER BY acts.party_id
"""

STANDING_SQL = f"""
WITH holders AS (
    SELECT %(me)s::bigint AS person_id
    UNION
    SELECT d.from_person_id FROM organisation_delegation d
    WHERE d.to_person_id = %(me)s AND d.state = 'active' AND %(on)s BETWEEN d.starts_on AND d.ends_on
)
SELECT holders.person_id, person.name, post.party_id, post.unit_id,
       ARRAY(SELECT DISTINCT unnest(role.permissions) FROM organisation_post_roles link
             JOIN organisation_role role ON role.id = link.role_id WHERE link.post_id = post.party_id),
       (SELECT id FROM parties_party WHERE kind = 'zone'),
       CASE WHEN post.head THEN ARRAY(
            WITH RECURSIVE below(id) AS (
                SELECT post.unit_id UNION
                SELECT unit.party_id FROM organisation_unit unit JOIN below ON unit.parent_id = below.id)
            SELECT id FROM below UNION ALL
            SELECT party_id FROM organisation_post WHERE unit_id IN (SELECT id FROM below)) END,
       (SELECT json_agg(json_build_array(represented.party_id, represented.permissions))
        FROM ({REPRESENTED_SQL}) represented)
FROM holders
JOIN parties_party person ON person.id = holders.person_id AND person.active
LEFT JOIN (
    organisation_appointment held
    JOIN organisation_post post ON post.party_id = held.post_id
    JOIN parties_party post_party ON post_party.id = post.party_id AND post_party.active
) ON held.person_id = holders.person_id AND held.voided_at IS NULL
     AND held.starts_on <= %(on)s AND (held.ends_on IS NULL OR held.ends_on >= %(on)s)
ORDER BY holders.person_id <> %(me)s, holders.person_id, post.party_id
"""  # noqa: S608
"""One row per post held or stood in for; the enterprises represented are the same in every row. A post that
heads its unit brings what belongs to it: the unit, the units below, the posts of all these."""


@dataclass(slots=True)
class _Standing:
    """What somebody is today, while it is being added up."""

    name: str = ""
    permissions: set[str] = field(default_factory=set)
    persons: list[int] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    zone: list[int] = field(default_factory=list)
    headed: list[int] = field(default_factory=list)

    @property
    def overseen(self) -> tuple[int, ...]:
        """What a head sees without working in it; whoever sees the zone needs no more than that."""
        own = {*self.posts, *self.units}
        return () if self.zone else _once(party for party in self.headed if party not in own)


def actor_for(user: Any, on: date) -> Actor:
    """Give the actor a login is on a day, with one query."""
    kind: ActorKind = "staff" if getattr(user, "kind", "staff") == "staff" else "enterprise"
    if user.person_id is None:
        return Actor(party_id=None, user_id=user.pk, name=user.get_username(), kind=kind)
    return _actor(user.person_id, user.pk, kind, on)


def actor_for_person(person_id: int, on: date) -> Actor:
    """Give the actor a person is on a day, without a login; staff unless they only act for enterprises."""
    return _actor(person_id, None, None, on)


def _actor(person_id: int, user_id: int | None, kind: ActorKind | None, on: date) -> Actor:
    facts: dict[str, Any] = {"me": person_id, "on": on, "prefix": rules.ENTERPRISE_ROLE_PREFIX}
    with prepared_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:  # who may what is never read late
        cursor.execute(STANDING_SQL, facts)
        rows = cursor.fetchall()
    standing = _add_up(person_id, [row[:7] for row in rows])
    own = [row for row in rows if row[0] == person_id]
    represented = own[0][7] or [] if own else []
    enterprises = [party_id for party_id, _ in represented]
    enterprise_rights = {code for _, codes in represented for code in codes}
    others, overseen = standing.persons[1:], standing.overseen
    groups = (standing.posts, standing.units, standing.zone, enterprises, others, overseen)
    return Actor(
        party_id=person_id,
        user_id=user_id,
        name=standing.name,
        kind=kind or ("enterprise" if enterprises and not standing.posts else "staff"),
        permissions=frozenset(standing.permissions | enterprise_rights),
        grantees=_once([person_id, *(party for group in groups for party in group)]),
        unit_ids=_once(standing.units),
        post_ids=_once(standing.posts),
        enterprise_ids=_once(enterprises),
        on_behalf_of=tuple(others),
        overseen=overseen,
    )


def _add_up(
    person_id: int, rows: Sequence[tuple[int, str, int | None, int | None, list[str], int, list[int] | None]]
) -> _Standing:
    standing = _Standing(persons=[person_id])
    for holder, name, post, unit, codes, zone, headed in rows:
        own = holder == person_id
        if own:
            standing.name = name
        elif holder not in standing.persons:
            standing.persons.append(holder)
        if post is None or unit is None:
            continue
        passed = {code for code in codes if own or rules.may_stand_in_for(code)}
        standing.permissions |= passed
        standing.posts.append(post)
        standing.units.append(unit)
        standing.headed += headed or ()
        if rules.SEE_ZONE in passed and zone:
            standing.zone.append(zone)
    if not standing.name:
        return _Standing(persons=[person_id])
    return standing


def _once(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ids))


def current(on: date) -> Q:
    """Give the condition of an appointment that counts on a day."""
    return Q(voided_at__isnull=True, starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def members_of(unit_id: int, on: date) -> list[MemberLine]:
    """Give who holds which post of a unit on a day: heads first, then in the posts' order."""
    rows = Appointment.objects.filter(current(on), post__unit_id=unit_id, person__party__active=True)
    rows = rows.select_related("person__party", "post")
    return [_member(row) for row in rows.order_by("-post__head", "post__order", "post_id", "starts_on", "pk")]


def head_of(unit_id: int, on: date) -> MemberLine | None:
    """Give who heads a unit on a day, if anybody."""
    return next((member for member in members_of(unit_id, on) if member.head), None)


def holders_of_post(post_id: int, on: date) -> list[MemberLine]:
    """Give who holds a post on a day."""
    rows = Appointment.objects.filter(current(on), post_id=post_id, person__party__active=True)
    return [_member(row) for row in rows.select_related("person__party", "post").order_by("starts_on", "pk")]


def history_of_post(post_id: int) -> list[HolderLine]:
    """Give everyone who ever held a post, newest first."""
    rows = Appointment.objects.filter(post_id=post_id, voided_at__isnull=True).select_related("person__party")
    return [
        HolderLine(row.person_id, row.person.party.name, row.starts_on, row.ends_on, row.person.party.name_en)
        for row in rows.order_by("-starts_on", "-pk")
    ]


def people_with(permission: str, on: date, *, unit_id: int | None = None) -> list[int]:
    """Give the persons whose own posts carry a right on a day, in the whole zone or in one unit."""
    rows = Appointment.objects.filter(
        current(on), post__roles__permissions__contains=[permission], post__party__active=True
    )
    if unit_id is not None:
        rows = rows.filter(post__unit_id=unit_id)
    rows = rows.filter(person__party__active=True)
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def posts_of(person_id: int, on: date) -> QuerySet[Appointment]:
    """Give the appointments that a person holds on a day, with post, unit and names."""
    rows = Appointment.objects.filter(current(on), person_id=person_id)
    return rows.select_related("post__unit__party", "post__party").order_by("post__order", "pk")


def stand_ins_of(person_id: int, on: date) -> list[int]:
    """Give the persons who act for somebody on a day."""
    rows = Delegation.objects.filter(
        from_person_id=person_id, state=Delegation.State.ACTIVE, starts_on__lte=on, ends_on__gte=on
    )
    return list(rows.order_by("to_person_id").values_list("to_person_id", flat=True).distinct())


def unit_by_code(code: str) -> Unit:
    """Give the unit with this code; raises `Unit.DoesNotExist`."""
    return Unit.objects.select_related("party").get(code=code)


def post_by_title(unit_code: str, title: str) -> Post:
    """Give a post by its unit's code and its Chinese title; raises `Post.DoesNotExist`."""
    return Post.objects.select_related("party", "unit__party").get(unit__code=unit_code, title=title)


def unit_tree(on: date, *, with_closed: bool = False) -> tuple[UnitLine, ...]:
    """Give the tree of units with the number of posts and of people in them on a day, in two queries."""
    units = Unit.objects.select_related("party", "home_unit__party").annotate(
        post_count=Count("posts", filter=Q(posts__party__active=True))
    )
    if not with_closed:
        units = units.filter(party__active=True)
    counted = Appointment.objects.filter(current(on), person__party__active=True)
    people = dict(counted.values_list("post__unit_id").annotate(number=Count("person_id", distinct=True)))
    under: dict[int | None, list[Unit]] = defaultdict(list)
    ordered = list(units.order_by("order", "party__pinyin", "pk"))
    known = {unit.pk for unit in ordered}
    for unit in ordered:
        under[unit.parent_id if unit.parent_id in known else None].append(unit)
    return tuple(_unit_line(unit, under, people) for unit in under[None])


def find_units(text: str, *, limit: int = 50) -> list[Unit]:
    """Find units by name, pinyin, initials or code."""
    rows = Unit.objects.select_related("party", "parent__party")
    return list(
        rows.filter(name_matches(text, prefix="party__") | Q(code__icontains=text)).order_by("party__pinyin")[
            :limit
        ]
    )


def find_posts(text: str, *, limit: int = 200) -> list[Post]:
    """Find posts in use by title, unit, pinyin or initials, in pinyin order."""
    rows = Post.objects.select_related("party", "unit__party").prefetch_related("roles")
    rows = rows.filter(name_matches(text, prefix="party__"), party__active=True)
    return list(rows.order_by("party__pinyin", "pk")[:limit])


def holders_by_post(post_ids: Iterable[int], on: date) -> dict[int, list[MemberLine]]:
    """Give who holds each of these posts on a day, with one query."""
    rows = Appointment.objects.filter(current(on), post_id__in=list(post_ids), person__party__active=True)
    held: dict[int, list[MemberLine]] = defaultdict(list)
    for row in rows.select_related("person__party", "post").order_by("starts_on", "pk"):
        held[row.post_id].append(_member(row))
    return held


def all_delegations(on: date) -> QuerySet[Delegation]:
    """Give the delegations that count on a day or later, newest first."""
    rows = Delegation.objects.filter(state=Delegation.State.ACTIVE, ends_on__gte=on)
    return rows.select_related("from_person__party", "to_person__party").order_by("-starts_on", "-pk")


def colleagues(*, without: int | None = None) -> QuerySet[Person]:
    """Give the active people who hold or held a post, in pinyin order."""
    rows = Person.objects.filter(party__active=True, appointments__voided_at__isnull=True)
    rows = rows.filter(appointments__isnull=False).exclude(pk=without).select_related("party")
    return rows.order_by("party__pinyin", "pk").distinct()


def unit_ids_under(unit_id: int) -> set[int]:
    """Give a unit and all units under it."""
    pairs = Unit.objects.values_list("pk", "parent_id")
    under: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in pairs:
        under[parent].append(pk)
    found, waiting = set(), [unit_id]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting.extend(under[here])
    return found


def administrations_of(person_id: int, *, starts_on: date, ends_on: date | None) -> set[Administration]:
    """Give the administrations a person holds at any time of a period."""
    rows = Appointment.objects.filter(person_id=person_id, voided_at__isnull=True)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        rows = rows.filter(starts_on__lte=ends_on)
    held = rows.exclude(post__roles__administration="").values_list("post__roles__administration", flat=True)
    return {Administration(word) for word in held if word}


def administrators(on: date) -> dict[Administration, set[int]]:
    """Give the persons who hold each of the three administrations on a day; one query."""
    rows = Appointment.objects.filter(current(on), person__party__active=True, post__party__active=True)
    held = rows.exclude(post__roles__administration="").values_list(
        "post__roles__administration", "person_id"
    )
    found: dict[Administration, set[int]] = {}
    for word, person_id in held:
        if word:
            found.setdefault(Administration(word), set()).add(person_id)
    return found


def delegations_of(person_id: int) -> QuerySet[Delegation]:
    """Give what a person delegated and what was delegated to them, newest first."""
    rows = Delegation.objects.filter(Q(from_person_id=person_id) | Q(to_person_id=person_id))
    return rows.select_related("from_person__party", "to_person__party").order_by("-starts_on", "-pk")


def overlapping(row: Delegation) -> list[Delegation]:
    """Give what else counts in the days of a delegation: other stand-ins, and whether the taker is away."""
    rows = Delegation.objects.filter(
        state=Delegation.State.ACTIVE, starts_on__lte=row.ends_on, ends_on__gte=row.starts_on
    ).exclude(pk=row.pk)
    rows = rows.filter(Q(from_person_id=row.from_person_id) | Q(from_person_id=row.to_person_id))
    return list(rows.select_related("from_person__party", "to_person__party").order_by("starts_on", "pk"))


def _member(row: Appointment) -> MemberLine:
    return MemberLine(
        person_id=row.person_id,
        name=row.person.party.name,
        post_id=row.post_id,
        post_title=row.post.title,
        post_title_en=row.post.title_en,
        unit_id=row.post.unit_id,
        head=row.post.head,
        name_en=row.person.party.name_en,
    )


def _unit_line(unit: Any, under: dict[int | None, list[Unit]], people: dict[int, int]) -> UnitLine:
    home = unit.home_unit
    return UnitLine(
        id=unit.pk,
        uuid=str(unit.party.uuid),
        code=unit.code,
        kind=UnitKind(unit.kind),
        name=unit.party.name,
        name_en=unit.party.name_en,
        short_name=unit.party.short_name,
        parent_id=unit.parent_id,
        home_unit_id=unit.home_unit_id,
        home_unit_name=local(home.party, "name") if home else "",
        active=unit.party.active,
        posts=unit.post_count,
        people=people.get(unit.pk, 0),
        children=tuple(_unit_line(child, under, people) for child in under[unit.pk]),
    )


def rights_by_release(limit: int = 500) -> list[GivenRight]:
    """Give the rights that releases added to standard roles, the newest first, with their roles."""
    rows = GivenRight.objects.filter(how=GivenRight.How.RELEASE).select_related("role")
    return list(rows.order_by("-given_at", "role_id", "code")[:limit])
