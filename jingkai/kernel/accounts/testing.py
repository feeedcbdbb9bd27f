"""Logins for tests: `log_in(client, cast.clerk)` signs a member of the cast in."""

from datetime import datetime
from functools import cache

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.api import create_user, enrol_totp, needs_second_factor
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.accounts.models import User
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import SYSTEM, Actor

PASSWORD = "Correct-horse-9"
"""The password of every login made here."""

BACKEND = "jingkai.kernel.accounts.web.adapters.Backend"


@cache
def _hashed() -> str:
    """Hash the password once: doing it well takes long, and tests make many logins."""
    return make_password(PASSWORD)


def login_of(actor: Actor, *, at: datetime | None = None) -> User:
    """Give the login of a person of the cast, made on first use, with a second factor where needed."""
    user = User.objects.filter(person_id=actor.party_id).first()
    if user is not None:
        return user
    at = at or timezone.now()
    kind = AccountKind.ENTERPRISE if actor.kind == "enterprise" else AccountKind.STAFF
    person = Person.objects.select_related("party").get(pk=actor.party_id)
    made = create_user(
        person=person,
        kind=kind,
        username=f"user{actor.party_id}",
        hashed_password=_hashed(),
        by=SYSTEM,
        at=at,
    )
    user = User.objects.get(pk=made.user_id)
    if needs_second_factor(actor.permissions):
        enrol_totp(user=user, by=SYSTEM, at=at)
    return user


def code_of(user: User, *, at: datetime | None = None) -> str:
    """Give the code that the authenticator app of a login shows at a moment."""
    factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    counter = int((at or timezone.now()).timestamp()) // 30
    return str(format_hotp_value(hotp_value(decrypt(factor.data["secret"]), counter)))


def log_in(client: Client, actor: Actor) -> User:
    """Sign a person of the cast in on a test client, past all factors."""
    user = login_of(actor)
    client.force_login(user, backend=BACKEND)
    return user
