"""Writes: registering parties and persons, who acts for whom, and looking behind a mask."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import PartyKind, RepresentationRole, plain_phone
from jingkai.kernel.parties.models import Party, Person, Representation
from jingkai.kernel.parties.models.encrypted import lookup_hash
from jingkai.kernel.parties.models.pinyin import initials, sort_key
from jingkai.kernel.parties.rules import REVEAL
from jingkai.kernel.permissions.api import may

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor


class ChangedMeanwhile(PersonFacingError):
    """Somebody else saved this row after the form was opened."""

    sentence = _("Somebody else changed this while you were editing. Nothing you typed is lost.")
    advice = _("Compare with the present values shown above, then save again.")


class AlreadyActsFor(PersonFacingError):
    """This person already acts for this party in this role."""

    sentence = _("This person already acts for it in this role.")
    advice = _("Nothing needs to be done; the person can log in as usual.")


class MayNotReveal(PersonFacingError):
    """The person asking may not look behind the mask."""

    sentence = _("You may not see full contact details.")
    advice = _("Ask the security administrator for a role that includes it, and say what for.")
    status = 403


def check_version(*, row_version: int, form_version: int) -> None:
    """Refuse a form that was opened before the row last changed."""
    if row_version != form_version:
        raise ChangedMeanwhile


@transaction.atomic
def register_party(
    *, kind: PartyKind, name: str, name_en: str = "", short_name: str = "", by: "Actor", at: datetime
) -> Party:
    """Register a party of a kind; the caller adds what is particular to that kind."""
    party = Party.objects.create(
        kind=kind.value,
        name=name,
        name_en=name_en,
        short_name=short_name,
        pinyin=sort_key(name),
        initials=initials(name)[:200],
    )
    record(party, action="party.registered", by=by, at=at, facts={"kind": kind.value, "name": mark(name)})
    return party


@transaction.atomic
def rename_party(
    *, party: Party, name: str, name_en: str, short_name: str = "", by: "Actor", at: datetime
) -> Party:
    """Change the names of a party, and with them its place in lists."""
    party.name, party.name_en, party.short_name = name, name_en, short_name
    party.pinyin, party.initials = sort_key(name), initials(name)[:200]
    party.version += 1
    party.save()
    record(party, action="party.renamed", by=by, at=at, facts={"name": mark(name)})
    return party


@transaction.atomic
def set_active(*, party: Party, active: bool, by: "Actor", at: datetime) -> None:
    """Take a party out of use, or back into it; nothing is ever deleted."""
    party.active = active
    party.version += 1
    party.save(update_fields=["active", "version"])
    record(party, action="party.taken_back" if active else "party.retired", by=by, at=at)


@transaction.atomic
def register_person(
    *,
    name: str,
    name_en: str = "",
    phone: str = "",
    email: str = "",
    language: str = "zh-hans",
    by: "Actor",
    at: datetime,
) -> Person:
    """Register a natural person with how to reach them."""
    party = register_party(kind=PartyKind.PERSON, name=name, name_en=name_en, by=by, at=at)
    person = Person(party=party, language=language)
    _put_contact(person, phone=phone, email=email)
    person.save(force_insert=True)
    return person


@transaction.atomic
def change_contact(
    *, person: Person, phone: str, email: str, language: str | None = None, by: "Actor", at: datetime
) -> None:
    """Change how a person is reached."""
    _put_contact(person, phone=phone, email=email)
    if language is not None:
        person.language = language
    person.save()
    record(
        person.party,
        action="person.contact_changed",
        by=by,
        at=at,
        facts={"phone": mark(person.phone), "email": mark(person.email)},
    )


def _put_contact(person: Person, *, phone: str, email: str) -> None:
    person.phone, person.email = plain_phone(phone), email.strip()
    person.phone_hash = lookup_hash(person.phone)
    person.email_hash = lookup_hash(person.email.lower())


@transaction.atomic
def begin_representation(
    *, person: Person, party: Party, role: RepresentationRole, on: date, by: "Actor", at: datetime
) -> Representation:
    """Let a person act for a party from a day on."""
    try:
        with transaction.atomic():
            representation = Representation.objects.create(
                person=person, party=party, role=role.value, starts_on=on
            )
    except IntegrityError as error:
        raise AlreadyActsFor from error
    facts = {"person": person.pk, "role": role.value, "from": on.isoformat()}
    record(party, action="representation.begun", by=by, at=at, for_=party.pk, facts=facts)
    return representation


@transaction.atomic
def end_representation(
    *, representation: Representation, on: date, by: "Actor", at: datetime, reason: str = ""
) -> None:
    """End that a person acts for a party, from this moment on. Ending twice changes nothing."""
    row = Representation.objects.select_for_update().get(pk=representation.pk)
    if row.ended_at is not None:
        return
    row.ends_on, row.ended_at = max(on, row.starts_on), at
    row.version += 1
    row.save()
    facts = {"person": row.person_id, "role": row.role, "reason": reason}
    record(row.party, action="representation.ended", by=by, at=at, for_=row.party_id, facts=facts)


@transaction.atomic
def reveal_contact(*, person: Person, by: "Actor", at: datetime, purpose: str) -> Person:
    """Give the person with phone and e-mail in the clear, and write down who looked and what for."""
    if not may(by, REVEAL):
        raise MayNotReveal
    record(person.party, action="person.contact_revealed", by=by, at=at, facts={"purpose": purpose})
    return person


@transaction.atomic
def ensure_zone(*, name: str, name_en: str = "", short_name: str = "", by: "Actor", at: datetime) -> Party:
    """Make sure that the one zone of this installation exists and bears this name."""
    zone = Party.objects.filter(kind=PartyKind.ZONE.value).first()
    if zone is None:
        return register_party(
            kind=PartyKind.ZONE, name=name, name_en=name_en, short_name=short_name, by=by, at=at
        )
    if (zone.name, zone.name_en, zone.short_name) != (name, name_en, short_name):
        rename_party(party=zone, name=name, name_en=name_en, short_name=short_name, by=by, at=at)
    return zone
