"""An enterprise registers, or an invited person joins: filled in, phone proven, done."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.api import UsernameTaken, create_user, username_taken
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import finish_phone_check, start_phone_check
from jingkai.kernel.parties.api import begin_representation, plain_phone, register_person
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import rules
from jingkai.modules.enterprises.models import Enterprise, Invitation, Registration
from jingkai.modules.enterprises.operations.handlers import InvitationGone, accept
from jingkai.modules.enterprises.operations.registry import EnterpriseDraft, enter_enterprise

PURPOSE = "enterprise_registration"
KEPT = timedelta(days=1)


class RegistrationGone(PersonFacingError):
    """What was filled in is too old or already used."""

    sentence = _("What you filled in is no longer here: it is kept for a day.")
    advice = _("Fill in the registration once more.")
    status = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDraft:
    """What the registration form says; the password is kept as a hash only."""

    uscc: str = ""
    name: str = ""
    legal_representative: str = ""
    address: str = ""
    handler_name: str
    phone: str
    email: str = ""
    username: str
    password: str
    role: str = RepresentationRole.HANDLER.value
    language: str = "zh-hans"


@transaction.atomic
def start_registration(*, draft: RegistrationDraft, at: datetime) -> Registration:
    """Check what was filled in and send a code to the handler's phone."""
    rules.require_admitted_code(draft.uscc)
    return _start(draft, None, at)


@transaction.atomic
def start_joining(*, invitation: Invitation, draft: RegistrationDraft, at: datetime) -> Registration:
    """Check what an invited person filled in and send a code to the phone that was invited."""
    return _start(draft, invitation, at)


def _start(draft: RegistrationDraft, invitation: Invitation | None, at: datetime) -> Registration:
    if username_taken(draft.username):
        raise UsernameTaken(username=draft.username)
    phone = invitation.phone if invitation else plain_phone(draft.phone)
    check = start_phone_check(phone, purpose=PURPOSE, at=at, language=draft.language)
    kept = {**asdict(draft), "phone": phone, "password": make_password(draft.password)}
    return Registration.objects.create(
        filled_in=json.dumps(kept, ensure_ascii=False),
        invitation=invitation,
        phone_check=str(check),
        started_at=at,
    )


@transaction.atomic
def send_again(*, registration: Registration, at: datetime) -> None:
    """Send another code for the same registration."""
    row = _get(registration, at)
    draft = _draft(row)
    check = start_phone_check(draft.phone, purpose=PURPOSE, at=at, language=draft.language)
    row.phone_check = str(check)
    row.save(update_fields=["phone_check"])


@transaction.atomic
def finish_registration(*, registration: Registration, code: str, at: datetime) -> Enterprise:
    """Take the code from the phone, then enter enterprise, person and login, all or nothing."""
    row = _get(registration, at)
    draft = _draft(row)
    finish_phone_check(row.phone_check, code, purpose=PURPOSE, at=at)
    nobody = Actor(party_id=None, user_id=None, name=draft.handler_name, kind="visitor")
    if row.invitation is None:
        enterprise = enter_enterprise(uscc=draft.uscc, draft=_enterprise(draft), by=nobody, at=at)
    else:
        enterprise = row.invitation.enterprise
    person, actor = _person(draft, at)
    record(person.party, action="person.consented", by=actor, at=at, facts={"registration": row.pk})
    if row.invitation is None:
        begin_representation(
            person=person,
            party=enterprise.party,
            role=RepresentationRole(draft.role),
            on=timezone.localdate(at),
            by=actor,
            at=at,
        )
    else:
        _use_invitation(row.invitation, person, actor, at)
    row.filled_in, row.finished_at, row.enterprise = "", at, enterprise
    row.save()
    return enterprise


def _enterprise(draft: RegistrationDraft) -> EnterpriseDraft:
    return EnterpriseDraft(
        name=draft.name, legal_representative=draft.legal_representative, address=draft.address
    )


def _person(draft: RegistrationDraft, at: datetime) -> tuple[Person, Actor]:
    nobody = Actor(party_id=None, user_id=None, name=draft.handler_name, kind="visitor")
    person = register_person(
        name=draft.handler_name,
        phone=draft.phone,
        email=draft.email,
        language=draft.language,
        by=nobody,
        at=at,
    )
    made = create_user(
        person=person,
        kind=AccountKind.ENTERPRISE,
        username=draft.username,
        hashed_password=draft.password,
        by=nobody,
        at=at,
    )
    return person, Actor(party_id=person.pk, user_id=made.user_id, name=draft.handler_name, kind="enterprise")


def _use_invitation(invitation: Invitation, person: Person, actor: Actor, at: datetime) -> None:
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if row.accepted_at or row.withdrawn_at or row.expires_at <= at:
        raise InvitationGone
    accept(row, person_id=person.pk, by=actor, at=at)


def _get(registration: Registration, at: datetime) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related(
        "invitation__enterprise__party"
    )
    row = rows.filter(pk=registration.pk, finished_at=None, started_at__gt=at - KEPT).first()
    if row is None or not row.filled_in:
        raise RegistrationGone
    return row


def _draft(row: Registration) -> RegistrationDraft:
    return RegistrationDraft(**json.loads(row.filled_in))


def phone_of(registration: Registration) -> str:
    """Give the phone that is being proven."""
    return _draft(registration).phone if registration.filled_in else ""


def forget_unfinished(*, at: datetime) -> int:
    """Delete what was filled in and never finished within a day; gives how many."""
    return Registration.objects.filter(finished_at=None, started_at__lt=at - KEPT).delete()[0]
