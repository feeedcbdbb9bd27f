"""There and back: an attempt begins, the browser comes back with a code, the identity is proven or not."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit.api import FAILED, record
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.data import ATTEMPT_LIFE, Identity, identity_of, weakness
from jingkai.kernel.federation.models import Attempt, Provider
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

NOBODY = Actor(party_id=None, user_id=None, name="", kind="visitor")


class StateGone(PersonFacingError):
    """The browser came back with a state that is unknown, used, too old, or of another browser."""

    status = 400
    sentence = _("This sign-in was begun elsewhere, too long ago, or is already through.")
    advice = _("Begin once more on the log-in page.")


class ProviderDown(PersonFacingError):
    """The platform is slow, down or answers nonsense."""

    status = 503
    sentence = _("%(name)s does not answer at the moment.")
    advice = _("Try again later, or sign in with user name and password.")


class NotProven(PersonFacingError):
    """The platform or its token did not prove who the person is."""

    status = 403
    sentence = _("%(name)s did not confirm who you are.")
    advice = _(
        "Try once more. If it stays so, sign in with user name and password and tell the service window."
    )


class TooWeak(PersonFacingError):
    """The person logged in at the platform in a weaker way, or longer ago, than is asked for here."""

    status = 403
    sentence = _("%(name)s knows you, but your log-in there was weaker or is older than asked for here.")
    advice = _(
        "Sign out there and log in anew in a stronger way, such as with a code or your face; or sign in "
        "with user name and password."
    )


class Cancelled(PersonFacingError):
    """The person turned back on the platform's page."""

    status = 400
    sentence = _("The sign-in was given up on the page of %(name)s.")
    advice = _("Begin once more, or sign in with user name and password.")


@dataclass(frozen=True, slots=True)
class Proven:
    """An attempt that came through: whose identity, for what."""

    provider: Provider
    identity: Identity
    user_id: int | None
    next_url: str


def begin(
    *, provider: Provider, back: str, next_url: str = "", user: User | None = None, at: datetime
) -> tuple[str, str]:
    """Begin an attempt: gives the address of the platform's page and the state that the browser must keep.

    `user` is the login to which somebody signed in adds the identity. Errors: ProviderDown, NotProven.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _number in range(3))
    try:
        address = oidc.way_there(provider.settings(), state=state, nonce=nonce, verifier=verifier, back=back)
    except oidc.ProviderSilent as error:
        raise ProviderDown(name=provider.name) from error
    except oidc.TokenRefused as error:
        raise NotProven(name=provider.name) from error
    kept = {"nonce": nonce, "verifier": verifier, "back": back, "next": next_url[:500]}
    Attempt.objects.create(
        state_hash=hash_of(state), provider=provider, kept=json.dumps(kept), user=user, started_at=at
    )
    return address, state


def finish(*, provider: Provider, state: str, code: str, fault: str, issuer: str, at: datetime) -> Proven:
    """Take what the browser brought back and have it proven; a state counts once, whatever comes of it.

    Errors: StateGone, Cancelled, ProviderDown, NotProven, TooWeak.
    """
    attempt = _take(provider, state, at)
    kept = json.loads(attempt.kept)
    settings = provider.settings()
    if fault:
        if fault == "access_denied":
            raise Cancelled(name=provider.name)
        raise refused(provider, f"error {fault[:60]}", at)
    if issuer and issuer.rstrip("/") != settings.issuer:
        raise refused(provider, "answered by another issuer", at)
    try:
        told = oidc.exchange_code(
            settings, code=code, nonce=kept["nonce"], verifier=kept["verifier"], back=kept["back"]
        )
        identity = identity_of(told, settings)
    except oidc.ProviderSilent as error:
        raise ProviderDown(name=provider.name) from error
    except (oidc.TokenRefused, ValueError) as error:
        raise refused(provider, str(error), at) from error
    if weak := weakness(identity, settings, at=at):
        refused(provider, weak, at)
        raise TooWeak(name=provider.name)
    return Proven(provider, identity, attempt.user_id, kept["next"])


def _take(provider: Provider, state: str, at: datetime) -> Attempt:
    mine = Attempt.objects.filter(
        provider=provider, state_hash=hash_of(state), used_at=None, started_at__gt=at - ATTEMPT_LIFE
    )
    attempt = mine.first()
    if attempt is None or not mine.update(used_at=at, kept=""):
        raise StateGone
    return attempt


def refused(provider: Provider, why: str, at: datetime) -> NotProven:
    """Write down why an identity was not proven, and give what its person reads: only that it was not."""
    with transaction.atomic():
        facts = {"why": why[:200]}
        record(provider, action="federation.refused", by=NOBODY, at=at, facts=facts, result=FAILED)
    return NotProven(name=provider.name)


def hash_of(state: str) -> str:
    """The digest under which a state is kept."""
    return hashlib.sha256(state.encode()).hexdigest()
