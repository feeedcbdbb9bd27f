"""A forgotten password, set again by a code to the person's phone."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import PhoneProver
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.operations.logins import change_password, end_sessions
from jingkai.kernel.accounts.operations.signing_in import actor_self
from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import actor_for
from jingkai.kernel.parties.api import is_mobile, lookup_hash

PURPOSE, PROOF = "reset_password", "prove_phone"


class PhoneMissing(PersonFacingError):
    """There is no phone that could be proven."""

    status = 422
    sentence = _("No mobile number stands there that could be checked now.")
    advice = _("Ask the system administrator to enter your number, then begin once more.")


_prover: list[PhoneProver] = []


def set_phone_prover(prover: PhoneProver) -> None:
    """Say, while starting, how a person proves to hold a phone (the app that sends messages does)."""
    _prover[:] = [prover]


def has_proven_phone(user: User) -> bool:
    """Whether the person of a login proved by a code to hold the phone that stands there now."""
    phone = user.person.phone if user.person else ""
    return bool(phone) and user.proven_phone == lookup_hash(phone)


def start_phone_proof(*, user: User, language: str, at: datetime) -> str:
    """Send a code to the phone of a login and give the check's number. Error: PhoneMissing, the sender's."""
    if not _prover or user.person is None or not is_mobile(user.person.phone):
        raise PhoneMissing
    return str(_prover[0].start(user.person.phone, purpose=PROOF, language=language, at=at))


@transaction.atomic
def finish_phone_proof(*, user: User, check: str, code: str, at: datetime) -> None:
    """Take the code: from now on this phone counts, until another one is entered. Errors: as above."""
    row = User.objects.select_for_update(of=("self",)).select_related("person__party").get(pk=user.pk)
    if not _prover or row.person is None or not check:
        raise PhoneMissing
    proven = _prover[0].finish(check, code, purpose=PROOF, at=at)
    if proven != row.person.phone:
        raise PhoneMissing
    row.proven_phone = lookup_hash(proven)
    row.save(update_fields=["proven_phone"])
    record(row, action="login.phone_proven", by=actor_self(row), at=at, for_=row.person_id)


def may_reset_by_phone(user: User | None, at: datetime) -> bool:
    """Whether a login may be reset by its phone: not staff who need a second factor, nor one out of use.

    The phone of staff is entered by an administrator, so it counts only once its person proved to hold it.
    Of enterprises the password is one factor of two all the same: the second one is asked for afterwards.
    """
    if not _prover or user is None or not user.is_active or user.person is None:
        return False
    if not is_mobile(user.person.phone):
        return False
    if not user.is_staff:
        return True
    if not has_proven_phone(user):
        return False
    return not rules.must_have_second_factor(actor_for(user, timezone.localdate(at)), at)


@transaction.atomic
def start_reset(*, user: User | None, language: str, at: datetime) -> str:
    """Send a code where that is allowed and give the check's number; empty where nothing was sent.

    To the outside it must look the same in both cases.
    """
    if user is None or user.person is None or not may_reset_by_phone(user, at):
        return ""
    try:
        with transaction.atomic():
            return str(_prover[0].start(user.person.phone, purpose=PURPOSE, language=language, at=at))
    except PersonFacingError:
        return ""


@transaction.atomic
def finish_reset(*, user: User | None, check: str, code: str, password: str, at: datetime) -> bool:
    """Set the new password if the code is right, and sign the login out everywhere."""
    if user is None or user.person is None or not check or not may_reset_by_phone(user, at):
        return False
    try:
        proven = _prover[0].finish(check, code, purpose=PURPOSE, at=at)
    except PersonFacingError:
        return False
    if proven != user.person.phone:
        return False
    by = actor_self(user)
    change_password(user=user, password=password, by=by, at=at)
    end_sessions(user=user, by=by, at=at)
    return True
