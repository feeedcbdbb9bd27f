"""Units, posts and parks: made, changed, retired; never deleted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import queries
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Appointment, Park, Post, Unit
from jingkai.kernel.organisation.operations.roles import CodeTaken
from jingkai.kernel.parties.api import check_version, register_party, rename_party, set_active
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.permissions.data import Actor


class UnitBelowItself(PersonFacingError):
    """A unit cannot belong to itself or to a unit under it."""

    sentence = _("A unit cannot belong to itself or to a unit under it.")
    advice = _("Choose another unit for it to belong to.")


class HomeOnlyForDispatched(PersonFacingError):
    """Only a dispatched office is led by a second unit."""

    sentence = _("Only a dispatched office has a department that sent it.")
    advice = _("Clear “sent by”, or make the unit a dispatched office.")


class UnitInUse(PersonFacingError):
    """A unit or post that people still hold cannot be retired."""

    sentence = _("People still hold posts here.")
    advice = _("End their appointments first, then retire it.")


class TitleTaken(PersonFacingError):
    """The unit has another post of this title."""

    sentence = _("This unit already has a post with this title.")
    advice = _("Choose another title, or appoint several people to the same post.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """What an editor says about a unit."""

    code: str
    kind: UnitKind
    name: str
    name_en: str = ""
    short_name: str = ""
    parent_id: int | None = None
    home_unit_id: int | None = None
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """What an editor says about a post."""

    title: str
    title_en: str = ""
    head: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkDraft:
    """What an editor says about a park."""

    code: str
    name: str
    name_en: str = ""
    order: int = 0
    active: bool = True


@transaction.atomic
def create_unit(*, draft: UnitDraft, by: Actor, at: datetime) -> Unit:
    """Add a unit to the tree."""
    _check_unit(draft, unit_id=None)
    party = register_party(
        kind=PartyKind.UNIT, name=draft.name, name_en=draft.name_en, short_name=draft.short_name, by=by, at=at
    )
    unit = Unit(party=party)
    _fill_unit(unit, draft)
    unit.save(force_insert=True)
    record(party, action="unit.created", by=by, at=at, facts=_unit_facts(draft))
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, draft: UnitDraft, version: int, by: Actor, at: datetime) -> Unit:
    """Change a unit: its names, kind, place in the tree, or the department that sent it."""
    row = Unit.objects.select_for_update(of=("self",)).select_related("party").get(pk=unit.pk)
    check_version(row_version=row.version, form_version=version)
    _check_unit(draft, unit_id=row.pk)
    rename_party(
        party=row.party, name=draft.name, name_en=draft.name_en, short_name=draft.short_name, by=by, at=at
    )
    _fill_unit(row, draft)
    row.version += 1
    row.save()
    record(row.party, action="unit.changed", by=by, at=at, facts=_unit_facts(draft))
    return row


def _check_unit(draft: UnitDraft, *, unit_id: int | None) -> None:
    if draft.home_unit_id is not None and draft.kind is not UnitKind.DISPATCHED:
        raise HomeOnlyForDispatched
    if Unit.objects.filter(code=draft.code).exclude(pk=unit_id).exists():
        raise CodeTaken(code=draft.code)
    if unit_id is not None and draft.parent_id in queries.unit_ids_under(unit_id):
        raise UnitBelowItself


def _fill_unit(unit: Unit, draft: UnitDraft) -> None:
    unit.code, unit.kind, unit.order = draft.code, draft.kind.value, draft.order
    unit.parent_id, unit.home_unit_id = draft.parent_id, draft.home_unit_id


def _unit_facts(draft: UnitDraft) -> dict[str, object]:
    return {
        "code": draft.code,
        "kind": draft.kind.value,
        "parent": draft.parent_id,
        "home": draft.home_unit_id,
    }


@transaction.atomic
def retire_unit(*, unit: Unit, by: Actor, at: datetime) -> None:
    """Take a unit out of use; refused while anybody holds a post in it or a unit under it."""
    under = queries.unit_ids_under(unit.pk)
    held = Appointment.objects.filter(queries.current(timezone.localdate(at)), post__unit_id__in=under)
    if held.exists():
        raise UnitInUse
    set_active(party=unit.party, active=False, by=by, at=at)


@transaction.atomic
def create_post(*, unit: Unit, draft: PostDraft, by: Actor, at: datetime) -> Post:
    """Add a post to a unit; rights come to it later, from the security administrator."""
    names = _post_names(unit, draft)
    party = register_party(kind=PartyKind.POST, name=names[0], name_en=names[1], by=by, at=at)
    post = Post(party=party, unit=unit)
    _save_post(post, draft, new=True)
    record(party, action="post.created", by=by, at=at, facts={"unit": unit.pk, "head": draft.head})
    return post


@transaction.atomic
def change_post(*, post: Post, draft: PostDraft, version: int, by: Actor, at: datetime) -> Post:
    """Change a post's title, its order, or whether it heads the unit."""
    row = Post.objects.select_for_update(of=("self",)).select_related("party", "unit__party").get(pk=post.pk)
    check_version(row_version=row.version, form_version=version)
    names = _post_names(row.unit, draft)
    rename_party(party=row.party, name=names[0], name_en=names[1], by=by, at=at)
    row.version += 1
    _save_post(row, draft, new=False)
    record(row.party, action="post.changed", by=by, at=at, facts={"unit": row.unit_id, "head": draft.head})
    return row


def _post_names(unit: Unit, draft: PostDraft) -> tuple[str, str]:
    english = f"{draft.title_en}, {unit.party.name_en}" if draft.title_en and unit.party.name_en else ""
    return f"{unit.party.short_name or unit.party.name}{draft.title}", english


def _save_post(post: Post, draft: PostDraft, *, new: bool) -> None:
    post.title, post.title_en = draft.title, draft.title_en
    post.head, post.order = draft.head, draft.order
    try:
        with transaction.atomic():
            post.save(force_insert=new)
    except IntegrityError as error:
        raise TitleTaken from error


@transaction.atomic
def retire_post(*, post: Post, by: Actor, at: datetime) -> None:
    """Take a post out of use; refused while anybody holds it."""
    if queries.holders_of_post(post.pk, timezone.localdate(at)):
        raise UnitInUse
    set_active(party=post.party, active=False, by=by, at=at)


@transaction.atomic
def save_park(*, park: Park | None, draft: ParkDraft, version: int = 0, by: Actor, at: datetime) -> Park:
    """Add a park (no `park` given) or change one."""
    row = Park.objects.select_for_update().get(pk=park.pk) if park else Park(version=0)
    check_version(row_version=row.version, form_version=version)
    if Park.objects.filter(code=draft.code).exclude(pk=row.pk).exists():
        raise CodeTaken(code=draft.code)
    row.code, row.name, row.name_en = draft.code, draft.name, draft.name_en
    row.order, row.active = draft.order, draft.active
    row.version += 1
    row.save()
    record(row, action="park.saved", by=by, at=at, facts={"code": draft.code, "active": draft.active})
    return row
