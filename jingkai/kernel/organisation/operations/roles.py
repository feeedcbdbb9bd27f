"""Roles: sets of rights, put on posts by the security administrator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import rules
from jingkai.kernel.organisation.data import Administration
from jingkai.kernel.organisation.models import Appointment, GivenRight, Post, Role
from jingkai.kernel.organisation.operations.appointments import check_administrations
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.api import all_permissions
from jingkai.kernel.permissions.data import Actor


class CodeTaken(PersonFacingError):
    """The short code is in use."""

    sentence = _("The code “%(code)s” is already in use.")
    advice = _("Choose another code.")


class MisplacedRights(PersonFacingError):
    """A role mixes the rights of the three administrators, or gives one of theirs to daily work."""

    sentence = _("These rights do not belong in this role: %(rights)s.")
    advice = _(
        "System, security and audit administration are kept apart, and apart from daily work "
        "(GB/T 22239). Use a role of the right administration."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDraft:
    """What an editor says about a role."""

    code: str
    name: str
    name_en: str = ""
    permissions: Sequence[str] = ()
    administration: Administration | None = None


@transaction.atomic
def create_role(*, draft: RoleDraft, by: Actor, at: datetime, standard: bool = False) -> Role:
    """Add a role. Its administration is chosen now and never changes."""
    _check_rights(draft.permissions, draft.administration)
    if Role.objects.filter(code=draft.code).exists():
        raise CodeTaken(code=draft.code)
    role = Role.objects.create(
        code=draft.code,
        name=draft.name,
        name_en=draft.name_en,
        permissions=sorted(set(draft.permissions)),
        administration=draft.administration.value if draft.administration else "",
        standard=standard,
    )
    facts = {"code": role.code, "permissions": role.permissions}
    record(role, action="role.created", by=by, at=at, facts=facts)
    return role


@transaction.atomic
def change_role(
    *, role: Role, name: str, name_en: str, permissions: Iterable[str], version: int, by: Actor, at: datetime
) -> Role:
    """Change a role's names and rights; the trail says which rights came and which went."""
    row = Role.objects.select_for_update().get(pk=role.pk)
    check_version(row_version=row.version, form_version=version)
    wanted = set(permissions)
    _check_rights(wanted, Administration(row.administration) if row.administration else None)
    before = set(row.permissions)
    row.name, row.name_en, row.permissions = name, name_en, sorted(wanted)
    row.version += 1
    row.save()
    facts = {"given": sorted(wanted - before), "taken": sorted(before - wanted)}
    record(row, action="role.changed", by=by, at=at, facts=facts)
    return row


def _check_rights(permissions: Iterable[str], administration: Administration | None) -> None:
    wrong = set(rules.misplaced_rights(administration, permissions))
    if wrong:
        names = sorted(item.name for item in all_permissions() if item.code in wrong)
        raise MisplacedRights(rights="、".join(names) or ", ".join(sorted(wrong)))


@transaction.atomic
def put_roles_on_post(*, post: Post, roles: Iterable[Role], version: int, by: Actor, at: datetime) -> None:
    """Say which roles a post carries; refused when a holder would then hold two administrations."""
    row = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    check_version(row_version=row.version, form_version=version)
    wanted = list(roles)
    before = set(row.roles.values_list("code", flat=True))
    row.roles.set(wanted)
    row.version += 1
    row.save(update_fields=["version"])
    today = timezone.localdate(at)
    open_rows = Appointment.objects.filter(post=row, voided_at__isnull=True)
    for held in open_rows.exclude(ends_on__lt=today):
        check_administrations(held.person_id, starts_on=max(held.starts_on, today), ends_on=held.ends_on)
    codes = {role.code for role in wanted}
    facts = {"given": sorted(codes - before), "taken": sorted(before - codes)}
    record(row.party, action="post.roles_changed", by=by, at=at, facts=facts)


@transaction.atomic
def ensure_standard_roles(*, by: Actor, at: datetime) -> dict[str, Role]:
    """Make sure that every standard role exists; a role that was edited here keeps its rights."""
    known = {role.code: role for role in Role.objects.all()}
    for standard in rules.STANDARD_ROLES:
        if standard.code in known:
            continue
        draft = RoleDraft(
            code=standard.code,
            name=standard.name,
            name_en=standard.name_en,
            permissions=rules.default_rights(standard.code),
            administration=standard.administration,
        )
        role = create_role(draft=draft, by=by, at=at, standard=True)
        note_given(role=role, codes=role.permissions, how=GivenRight.How.FOUNDING, release="", at=at)
        known[standard.code] = role
    return known


def note_given(*, role: Role, codes: Iterable[str], how: GivenRight.How, release: str, at: datetime) -> None:
    """Write down which rights the product gave to a role, so that it never gives them again."""
    rows = [
        GivenRight(role=role, code=code, how=how, release=release, given_at=at) for code in sorted(set(codes))
    ]
    GivenRight.objects.bulk_create(rows, ignore_conflicts=True)
