"""Tokens: made, shown once, checked at every call, counted, withdrawn."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import Caller
from jingkai.kernel.exchange.models import ApiToken, ApiWindow
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

PREFIX = "jk_"
HINT = 8
SEEN_EVERY = timedelta(seconds=60)
LONGEST_LIFE = timedelta(days=366 * 2)

_COUNT = """
INSERT INTO exchange_apiwindow (token_id, minute, calls) VALUES (%s, %s, 1)
ON CONFLICT (token_id, minute) DO UPDATE SET calls = exchange_apiwindow.calls + 1 RETURNING calls
"""


class TokenUnfit(PersonFacingError):
    """What was filled in makes no token."""

    status = 422


class NotAuthenticated(PersonFacingError):
    """The call carries no token, or none that is good."""

    status = 401
    sentence = _("This interface needs a valid access token.")
    advice = _("Send it as “Authorization: Bearer …”. The zone's system administrator gives out tokens.")


class FromElsewhere(PersonFacingError):
    """The token is good, but not from this network address."""

    status = 403
    sentence = _("This token may not be used from this network address.")


class ScopeMissing(PersonFacingError):
    """The token may not do this."""

    status = 403
    sentence = _("This token does not carry the scope “%(scope)s”.")


class TooManyCalls(PersonFacingError):
    """The token has used up its calls of this minute."""

    status = 429
    sentence = _("This token has used up its %(rate)s calls of this minute.")

    def __init__(self, rate: int, retry_after: int) -> None:
        self.rate, self.retry_after = rate, retry_after
        super().__init__(rate=rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """What an administrator fills in for a token."""

    name: str
    contact: str
    scopes: Sequence[str]
    expires_at: datetime
    enterprise_id: int | None = None
    addresses: Sequence[str] = ()
    rate: int = 120


@transaction.atomic
def issue_token(*, draft: TokenDraft, by: Actor, at: datetime) -> tuple[ApiToken, str]:
    """Make a token and give it together with its text, which is stored nowhere. Error: TokenUnfit."""
    _check(draft, at)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=draft.name,
        contact=draft.contact,
        enterprise_id=draft.enterprise_id,
        scopes=sorted(set(draft.scopes)),
        addresses=list(draft.addresses),
        rate=draft.rate,
        token_hash=hash_of(text),
        hint=text[:HINT],
        created_at=at,
        created_by_id=by.party_id,
        expires_at=draft.expires_at,
    )
    facts = {
        "name": draft.name,
        "scopes": token.scopes,
        "addresses": token.addresses,
        "rate": draft.rate,
        "until": draft.expires_at.isoformat(),
    }
    audit.record(token, action="token.issued", by=by, at=at, for_=draft.enterprise_id, facts=facts)
    return token, text


def _check(draft: TokenDraft, at: datetime) -> None:
    known = {scope.code for scope in rules.scopes.all()}
    if not draft.scopes or set(draft.scopes) - known:
        raise TokenUnfit(_("Choose at least one thing that the token may do."))
    if not at < draft.expires_at <= at + LONGEST_LIFE:
        raise TokenUnfit(_("A token ends on a day to come, within two years."))
    if not 1 <= draft.rate <= 6000:
        raise TokenUnfit(_("A token may call 1 to 6,000 times a minute."))
    for text in draft.addresses:
        try:
            ip_network(text, strict=False)
        except ValueError as error:
            raise TokenUnfit(_("“%(text)s” is no network address such as 10.1.0.0/16."), text=text) from error


@transaction.atomic
def revoke_token(*, token: ApiToken, reason: str, by: Actor, at: datetime) -> None:
    """Withdraw a token: from this moment on it opens nothing. Twice changes nothing."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is not None:
        return
    if not reason.strip():
        raise TokenUnfit(_("A token is withdrawn only with a reason."))
    locked.revoked_at, locked.revoke_reason = at, reason.strip()[:300]
    locked.save(update_fields=["revoked_at", "revoke_reason"])
    audit.record(locked, action="token.revoked", by=by, at=at, facts={"reason": locked.revoke_reason})


def hash_of(text: str) -> str:
    """The hash under which a token is found; its text has 256 bits, so no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def authenticate(*, header: str, address: str, at: datetime) -> tuple[Caller, int]:
    """Tell who calls by the header `Authorization`, and count the call; gives the calls left in this minute.

    Every refusal looks the same from outside, whether the token never was, ended or was withdrawn.
    Errors: NotAuthenticated, FromElsewhere, TooManyCalls.
    """
    kind, _space, text = header.strip().partition(" ")
    if kind.lower() != "bearer" or not text.startswith(PREFIX) or len(text) > 100:
        raise NotAuthenticated
    token = ApiToken.objects.filter(token_hash=hash_of(text), revoked_at=None, expires_at__gt=at).first()
    if token is None:
        raise NotAuthenticated
    if token.addresses and not _is_from(address, token.addresses):
        raise FromElsewhere
    left = _count(token, at)
    _note_use(token, address, at)
    return Caller(token.pk, token.name, frozenset(token.scopes), token.enterprise_id), left


def _is_from(address: str, allowed: Sequence[str]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(text, strict=False) for text in allowed)


def _count(token: ApiToken, at: datetime) -> int:
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [token.pk, minute])
        calls = int(cursor.fetchone()[0])
    if calls > token.rate:
        raise TooManyCalls(token.rate, retry_after=max(1, 60 - at.second))
    return token.rate - calls


def _note_use(token: ApiToken, address: str, at: datetime) -> None:
    seen = token.last_used_at
    if seen is None or at - seen > SEEN_EVERY or token.last_used_from != address[:45]:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=at)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at, last_used_from=address[:45])


def forget_windows(*, at: datetime) -> int:
    """Forget the counts of minutes past."""
    return ApiWindow.objects.filter(minute__lt=at - timedelta(hours=1)).delete()[0]
