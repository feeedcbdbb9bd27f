"""People of the zone's staff: entered, changed, leaving, coming back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.accounts.data import AccountKind, NewAccount
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.operations.logins import CannotManageOneself, create_user, set_login_active
from jingkai.kernel.audit.api import record
from jingkai.kernel.organisation.api import appoint, current, end_appointment, end_delegation
from jingkai.kernel.organisation.models import Appointment, Delegation, Post
from jingkai.kernel.parties.api import (
    change_contact,
    check_version,
    register_person,
    rename_party,
    set_active,
)
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """What an editor says about a person."""

    name: str
    name_en: str = ""
    phone: str = ""
    email: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The post and the login a new person begins with; either may be left out."""

    post: Post | None = None
    starts_on: date | None = None
    username: str = ""


@transaction.atomic
def enter_person(
    *, draft: PersonDraft, placement: Placement, by: Actor, at: datetime
) -> tuple[Person, NewAccount | None]:
    """Enter a person of the staff, in a post and with a login where these are given."""
    person = register_person(
        name=draft.name,
        name_en=draft.name_en,
        phone=draft.phone,
        email=draft.email,
        language=draft.language,
        by=by,
        at=at,
    )
    record(person.party, action="person.entered", by=by, at=at)
    if placement.post is not None and placement.starts_on is not None:
        appoint(person=person, post=placement.post, starts_on=placement.starts_on, by=by, at=at)
    account = None
    if placement.username:
        account = create_user(
            person=person, kind=AccountKind.STAFF, username=placement.username, by=by, at=at
        )
    return person, account


@transaction.atomic
def change_person(*, person: Person, draft: PersonDraft, version: int, by: Actor, at: datetime) -> None:
    """Change a person's names and how they are reached."""
    row = Person.objects.select_for_update().select_related("party").get(pk=person.pk)
    check_version(row_version=row.party.version, form_version=version)
    rename_party(party=row.party, name=draft.name, name_en=draft.name_en, by=by, at=at)
    change_contact(person=row, phone=draft.phone, email=draft.email, language=draft.language, by=by, at=at)


@transaction.atomic
def let_go(*, person: Person, by: Actor, at: datetime) -> None:
    """Take a person who leaves out of everything at once: login, posts, delegations. Their past stays."""
    if by.party_id == person.pk:
        raise CannotManageOneself
    user = User.objects.filter(person=person).first()
    if user is not None and user.is_active:
        set_login_active(user=user, active=False, by=by, at=at)
    today = timezone.localdate(at)
    for row in Appointment.objects.filter(current(today), person=person):
        last = max(today - timedelta(days=1), row.starts_on)
        end_appointment(appointment=row, ends_on=last, version=row.version, by=by, at=at)
    for delegation in Delegation.objects.filter(from_person=person, state=Delegation.State.ACTIVE):
        _end(delegation, by=by, at=at)
    for delegation in Delegation.objects.filter(to_person=person, state=Delegation.State.ACTIVE):
        _end(delegation, by=by, at=at)
    set_active(party=person.party, active=False, by=by, at=at)


def _end(delegation: Delegation, *, by: Actor, at: datetime) -> None:
    if delegation.ends_on >= timezone.localdate(at):
        end_delegation(delegation=delegation, by=by, at=at)


@transaction.atomic
def take_back(*, person: Person, by: Actor, at: datetime) -> None:
    """Let a person who had left come back; posts are given anew."""
    set_active(party=person.party, active=True, by=by, at=at)
    user = User.objects.filter(person=person).first()
    if user is not None and not user.is_active:
        set_login_active(user=user, active=True, by=by, at=at)
