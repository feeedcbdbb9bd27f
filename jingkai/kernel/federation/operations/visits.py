"""By which log-in of a platform somebody is here; when it ends there, it ends here.

OpenID Connect Back-Channel Logout 1.0: the platform itself calls, the person's browser has no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from jingkai.kernel.accounts.api import end_sessions_holding
from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit.api import record
from jingkai.kernel.federation import queries
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.data import ARRIVAL_LIFE, VISIT, Identity
from jingkai.kernel.federation.models import Arrival, Provider, SpentLogout, Visit
from jingkai.kernel.federation.operations.signing_in import refused
from jingkai.kernel.parties.api import lookup_hash
from jingkai.kernel.permissions.data import Actor


@transaction.atomic
def note_visit(
    *, provider: Provider, user: User, identity: Identity, session_key: str, at: datetime
) -> Visit:
    """Write down by which log-in of the platform a person comes in, and how it was proven there."""
    row = Visit.objects.create(
        provider=provider,
        user=user,
        sub_hash=_hash(provider, "sub", identity.sub),
        sid_hash=_hash(provider, "sid", identity.sid),
        session_key=session_key,
        came_at=at,
    )
    facts: dict[str, Any] = {"provider": provider.pk, "level": identity.acr, "methods": identity.amr}
    if identity.auth_at:
        facts["logged_in_there"] = identity.auth_at
    record(user, action="login.proven_elsewhere", by=queries.actor_of(user), at=at, facts=facts)
    return row


def end_at_platform(*, provider: Provider, token: str, at: datetime) -> int:
    """End here what ended at the platform; gives how many sessions. Its word counts once.

    Error: NotProven.
    """
    try:
        told = oidc.verify_logout(provider.settings(), token, now=at.timestamp())
        return _end(provider, told, at)
    except (oidc.ProviderSilent, oidc.TokenRefused) as error:
        raise refused(provider, f"log-out: {error}", at) from error


@transaction.atomic
def _end(provider: Provider, told: Mapping[str, Any], at: datetime) -> int:
    _row, is_new = SpentLogout.objects.get_or_create(
        provider=provider, token_hash=_hash(provider, "jti", told["jti"]), defaults={"spent_at": at}
    )
    if not is_new:
        raise oidc.TokenRefused("said before")
    visits = list(_visits(provider, told).select_for_update(of=("self",)).select_related("user"))
    by = Actor(party_id=None, user_id=None, name=provider.name, kind="program")
    ended = 0
    for user in {visit.user_id: visit.user for visit in visits}.values():
        mine = [visit for visit in visits if visit.user_id == user.pk]
        ended += end_sessions_holding(
            user=user,
            name=VISIT,
            values=[visit.pk for visit in mine],
            keys=[visit.session_key for visit in mine if visit.session_key],
            by=by,
            at=at,
        )
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(ended_at=at, session_key="")
    facts = {"sessions": ended, "arrivals": _forget_arrivals(provider, told, at)}
    record(provider, action="federation.signed_out", by=by, at=at, facts=facts)
    return ended


def _visits(provider: Provider, told: Mapping[str, Any]) -> QuerySet[Visit]:
    """Those that the platform means: one log-in where it names it, else all of a person."""
    rows = Visit.objects.filter(provider=provider, ended_at=None)
    if "sub" in told:
        rows = rows.filter(sub_hash=_hash(provider, "sub", told["sub"]))
    return rows.filter(sid_hash=_hash(provider, "sid", told["sid"])) if "sid" in told else rows


def _forget_arrivals(provider: Provider, told: Mapping[str, Any], at: datetime) -> int:
    """Forget proven identities that still wait for their person; gives how many."""
    rows = Arrival.objects.filter(provider=provider, settled_at=None, arrived_at__gt=at - ARRIVAL_LIFE)
    gone = []
    for row in rows:
        identity = queries.identity_of_arrival(row)
        known = {"sub": identity.sub, "sid": identity.sid}
        if all(known[name] == told[name] for name in known if name in told):
            gone.append(row.pk)
    return Arrival.objects.filter(pk__in=gone).update(identity="", settled_at=at)


def _hash(provider: Provider, what: str, word: str) -> str:
    """How a platform's word is kept: a keyed hash, so that a copy tells nobody who it was."""
    return lookup_hash(f"{provider.settings().issuer}\n{what}\n{word}") if word else ""
