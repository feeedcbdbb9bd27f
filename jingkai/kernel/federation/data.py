"""Words of the unified log-in: plain data, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

__all__ = [
    "CAME_BY",
    "CLAIMS",
    "USUAL_CLAIMS",
    "VISIT",
    "EnterprisePort",
    "EnterpriseWords",
    "Identity",
    "Settings",
    "identity_of",
    "weakness",
]

CLAIMS = ("subject", "name", "phone", "phone_verified", "uscc", "enterprise", "legal_representative", "role")
"""What we want to know of a person; a provider says under which name its token carries each."""

USUAL_CLAIMS: Mapping[str, str] = {
    "subject": "sub",
    "name": "name",
    "phone": "phone_number",
    "phone_verified": "phone_number_verified",
    "uscc": "uscc",
    "enterprise": "enterprise_name",
    "legal_representative": "legal_representative",
    "role": "enterprise_role",
}

LEGAL_REPRESENTATIVE = "legal_representative"
"""What the role's claim says of somebody who is the enterprise's legal representative."""

STRENGTH = ("sub", "sid", "acr", "amr", "auth_time")
"""What a token says of the log-in itself; only the signed token says it, never the userinfo end point."""

CAME_BY = "federation_provider"
"""In the session: by which platform the person came in."""

VISIT = "federation_visit"
"""In the session: the number of the visit by which the person came in."""

CLOCKS = 60
"""Seconds by which the platform's clock and ours may differ."""

ATTEMPT_LIFE = timedelta(minutes=10)
"""How long a person may take on the pages of the provider."""
ARRIVAL_LIFE = timedelta(minutes=15)
"""How long a proven identity waits for the person to say what to do with it."""
VISIT_LIFE = timedelta(days=4)
"""How long it is remembered by which log-in of a platform somebody came: longer than any session lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A provider as its client needs it: who it is, as whom we ask, and how its token is read."""

    issuer: str
    client_id: str
    secret: str
    scopes: str = "openid profile phone"
    basic: bool = False
    ask_userinfo: bool = False
    phones_proven: bool = True
    claims: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    max_age_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as a provider has proven it. Personal data: lies encrypted, for minutes only.

    `sub`, `sid`, `acr`, `amr` (its methods, separated by spaces) and `auth_at` (seconds, 0: not told) say
    which log-in of the platform it was and how the person proved themselves there (OpenID Connect Core, 2).
    """

    subject: str
    name: str = ""
    phone: str = ""
    phone_proven: bool = False
    uscc: str = ""
    enterprise: str = ""
    legal_representative: str = ""
    is_legal_representative: bool = False
    sub: str = ""
    sid: str = ""
    acr: str = ""
    amr: str = ""
    auth_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseWords:
    """For whom somebody acts, as the provider says."""

    uscc: str
    name: str
    legal_representative: str
    is_legal_representative: bool


@dataclass(frozen=True, slots=True)
class EnterprisePort:
    """How the registry of enterprises is reached from below.

    `fault(uscc)` says why a code cannot be used (empty: it can), `acts(person_id, uscc, at)` whether the
    person acts for it already, `name(uscc)` how a registered one is called (empty: not registered), and
    `act_for(person_id=, words=, by=, at=)` lets the person act for it and gives its name.
    """

    fault: Callable[[str], str]
    acts: Callable[[int, str, datetime], bool]
    name: Callable[[str], str]
    act_for: Callable[..., str]


def identity_of(told: Mapping[str, Any], settings: Settings) -> Identity:
    """Read a proven token by the names that the provider uses. Error: ValueError where the person lacks."""
    names = {**USUAL_CLAIMS, **settings.claims}

    def word(which: str, most: int = 200) -> str:
        value = told.get(names[which]) if names[which] else None
        return str(value).strip()[:most] if isinstance(value, str | int) else ""

    subject = word("subject", 255)
    if not subject:
        raise ValueError("the token names nobody")
    verified = told.get(names["phone_verified"]) if names["phone_verified"] else None
    proven = verified if isinstance(verified, bool) else settings.phones_proven
    return Identity(
        subject=subject,
        name=word("name", 100),
        phone=word("phone", 30),
        phone_proven=proven,
        uscc=word("uscc", 30).upper(),
        enterprise=word("enterprise"),
        legal_representative=word("legal_representative", 100),
        is_legal_representative=word("role") == LEGAL_REPRESENTATIVE,
        **_strength(told),
    )


def _strength(told: Mapping[str, Any]) -> dict[str, Any]:
    """Read which log-in of the platform it was, and how strong; what has another shape was not told."""
    sub, sid, acr, amr, moment = (told.get(name) for name in STRENGTH)
    methods = [one[:40] for one in amr if isinstance(one, str)] if isinstance(amr, list) else []
    is_moment = isinstance(moment, int | float) and not isinstance(moment, bool) and 0 < moment < 2**40
    return {
        "sub": sub[:255] if isinstance(sub, str) else "",
        "sid": sid[:255] if isinstance(sid, str) else "",
        "acr": acr[:200] if isinstance(acr, str) else "",
        "amr": " ".join(methods[:20]),
        "auth_at": int(moment or 0) if is_moment else 0,
    }


def weakness(identity: Identity, settings: Settings, *, at: datetime) -> str:
    """Say by what a log-in at the platform falls short of what is asked for; empty: it is strong enough."""
    if settings.levels and identity.acr not in settings.levels:
        return f"level {identity.acr or 'not told'}"
    if settings.methods and not set(identity.amr.split()) & set(settings.methods):
        return f"methods {identity.amr or 'not told'}"
    if settings.max_age_minutes:
        if not identity.auth_at:
            return "moment of the log-in not told"
        age = int(at.timestamp()) - identity.auth_at
        if not -CLOCKS <= age <= settings.max_age_minutes * 60 + CLOCKS:
            return f"logged in there {age} seconds ago"
    return ""
