"""The rights that a release added, given to the standard roles of a zone that runs already."""

from datetime import datetime

from django.db import transaction

from jingkai.kernel.audit.api import entries_of, record
from jingkai.kernel.organisation import rules
from jingkai.kernel.organisation.models import GivenRight, Role
from jingkai.kernel.organisation.operations.roles import ensure_standard_roles, note_given
from jingkai.kernel.permissions.data import Actor

IN_THE_TRAIL = ("permissions", "given", "taken")
"""The facts of a role's entries that name rights which it once carried."""


@transaction.atomic
def take_up_release(*, release: str, by: Actor, at: datetime) -> dict[str, list[str]]:
    """Give the standard roles what a release declared for them; gives the new rights by the role's code.

    A right is given to a role once in its life: what an administrator took away stays away, and roles that
    the zone made itself are left alone. Safe to repeat; without standard roles (no zone yet) nothing happens.
    """
    if not Role.objects.filter(standard=True).exists():
        return {}
    ensure_standard_roles(by=by, at=at)
    given = {}
    known = {role.code for role in rules.STANDARD_ROLES}
    roles = Role.objects.select_for_update().filter(standard=True, code__in=known).order_by("pk")
    for role in roles:
        new = _never_given(role, at)
        if new:
            given[role.code] = new
            _give(role, new, release=release, by=by, at=at)
    return given


def _give(role: Role, new: list[str], *, release: str, by: Actor, at: datetime) -> None:
    note_given(role=role, codes=new, how=GivenRight.How.RELEASE, release=release, at=at)
    came = sorted(set(new) - set(role.permissions))
    if not came:
        return
    role.permissions = sorted({*role.permissions, *came})
    role.version += 1
    role.save(update_fields=["permissions", "version"])
    record(role, action="role.release_taken_up", by=by, at=at, facts={"given": came, "release": release})


def _never_given(role: Role, at: datetime) -> list[str]:
    given = set(role.given_rights.values_list("code", flat=True))
    if not given:
        given = _carried_before(role)
        note_given(role=role, codes=given, how=GivenRight.How.FOUNDING, release="", at=at)
    return sorted(set(rules.default_rights(role.code)) - given)


def _carried_before(role: Role) -> set[str]:
    """Every right that a role ever carried, for a zone that is older than these notes: its trail knows."""
    codes = set(role.permissions)
    for facts in entries_of(role).values_list("facts", flat=True):
        codes.update(code for name in IN_THE_TRAIL for code in facts.get(name, ()))
    return codes
