"""The relying party of OpenID Connect: discovery, the way there, the code for a token, the token's proof.

Every call leaves by the egress (purpose `login`). A token counts only when its signature fits a key of the
provider, and issuer, audience, time and our own nonce are right; the code is bound to this attempt by PKCE
(RFC 7636, S256). Unsigned tokens and those signed with a shared secret never count (RFC 8725).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from django.utils.translation import get_language

from jingkai.kernel.exchange.api import call, check
from jingkai.kernel.exchange.data import Answer, CallFailed, Limits
from jingkai.kernel.federation.data import CLOCKS, STRENGTH, Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
REQUIRED = ("iss", "sub", "aud", "exp", "iat")
REQUIRED_OF_LOGOUT = ("iss", "aud", "exp", "iat", "jti", "events")
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_AGE = 600
"""Seconds after which the platform's word that somebody signed out there is too old."""
LIMITS = Limits(seconds=8, connect=3, most_bytes=512 * 1024)
KEPT = 600.0
"""Seconds for which discovery and keys are remembered."""
NOT_OFTENER = 15.0
"""Seconds between two looks for a key that is not among those remembered."""
WELL_KNOWN = "/.well-known/openid-configuration"


class ProviderSilent(Exception):
    """The provider is slow, down, or answers nonsense."""


class TokenRefused(Exception):
    """The provider refused the code, or its token proves nothing."""


@dataclass(slots=True)
class _Known:
    """What is remembered of one provider."""

    document: Mapping[str, Any]
    read_at: float
    keys: Mapping[str, Any] | None = None
    keys_at: float = 0.0


@dataclass(slots=True)
class Memory:
    """What this process remembers of providers."""

    known: dict[str, _Known] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


MEMORY = Memory()


def forget() -> None:
    """Read everything anew on next use (settings were changed)."""
    with MEMORY.lock:
        MEMORY.known.clear()


def discover(settings: Settings) -> Mapping[str, Any]:
    """Give the provider's own description. Errors: ProviderSilent, TokenRefused (it describes another)."""
    with MEMORY.lock:
        found = MEMORY.known.get(settings.issuer)
    if found and time.monotonic() - found.read_at < KEPT:
        return found.document
    document = _read(call_provider(settings.issuer + WELL_KNOWN))
    if str(document.get("issuer", "")).rstrip("/") != settings.issuer:
        raise TokenRefused("the description names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(document.get(name), str):
            raise ProviderSilent(f"the description lacks {name}")
    with MEMORY.lock:
        MEMORY.known[settings.issuer] = _Known(document, time.monotonic())
    return document


def way_there(settings: Settings, *, state: str, nonce: str, verifier: str, back: str) -> str:
    """Give the address of the provider's page for one attempt. Errors: ProviderSilent, TokenRefused."""
    address = str(discover(settings)["authorization_endpoint"])
    try:
        check(address, purpose="login")
    except CallFailed as error:
        raise ProviderSilent(str(error)) from error
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": back,
        "scope": settings.scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "ui_locales": languages(),
    }
    if settings.levels:
        asked["acr_values"] = " ".join(settings.levels)
    if settings.max_age_minutes:
        asked["max_age"] = str(settings.max_age_minutes * 60)
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def languages() -> str:
    """The languages of its pages that we ask for, the person's own first (OpenID Connect Core, 3.1.2.1)."""
    english = (get_language() or "").startswith("en")
    return "en zh-CN" if english else "zh-CN en"


def challenge(verifier: str) -> str:
    """Hide a verifier (RFC 7636, 4.2)."""
    return _plain(hashlib.sha256(verifier.encode("ascii")).digest())


def exchange_code(settings: Settings, *, code: str, nonce: str, verifier: str, back: str) -> dict[str, Any]:
    """Exchange the code for a token and give what it proves. Errors: ProviderSilent, TokenRefused."""
    document = discover(settings)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
        "client_id": settings.client_id,
    }
    headers = {"accept": "application/json"}
    if settings.basic:
        pair = f"{quote(settings.client_id, safe='')}:{quote(settings.secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif settings.secret:
        form["client_secret"] = settings.secret
    answer = call_provider(str(document["token_endpoint"]), method="POST", form=form, headers=headers)
    if answer.status in (400, 401, 403):
        raise TokenRefused(f"the code was refused: {_fault(answer)}")
    told = _read(answer)
    if not isinstance(told.get("id_token"), str):
        raise ProviderSilent("the answer lacks the id_token")
    claims = verify(settings, told["id_token"], nonce=nonce)
    _check_access_token(claims, told, jwt.get_unverified_header(told["id_token"])["alg"])
    facts = _userinfo(settings, document, told, claims)
    return {**{name: value for name, value in facts.items() if name not in STRENGTH}, **claims}


def verify(settings: Settings, token: str, *, nonce: str) -> dict[str, Any]:
    """Give what a token says, once everything about it is proven. Errors: TokenRefused, ProviderSilent."""
    claims = _proven(settings, token, REQUIRED, kinds=())
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.client_id:
        raise TokenRefused("given to another client")
    if not hmac.compare_digest(str(claims.get("nonce") or "").encode(), nonce.encode()):
        raise TokenRefused("the nonce is not ours")
    return claims


def verify_logout(settings: Settings, token: str, *, now: float) -> dict[str, Any]:
    """Give whose log-in ended at the platform (OpenID Connect Back-Channel Logout 1.0, 2.6).

    It must name the event, a person or a log-in, and be young; a token with a nonce is that of a log-in and
    never counts as a log-out. Errors: TokenRefused, ProviderSilent.
    """
    claims = _proven(settings, token, REQUIRED_OF_LOGOUT, kinds=("logout+jwt", "jwt"))
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenRefused("it does not say that somebody signed out")
    if "nonce" in claims:
        raise TokenRefused("it is the token of a log-in")
    if now - claims["iat"] > LOGOUT_AGE:
        raise TokenRefused("too old")
    told = [claims[name] for name in ("sub", "sid") if name in claims]
    if not told or not all(isinstance(one, str) and one for one in [*told, claims["jti"]]):
        raise TokenRefused("it names nobody")
    return claims


def _proven(
    settings: Settings, token: str, required: tuple[str, ...], *, kinds: tuple[str, ...]
) -> dict[str, Any]:
    """Give what a token says whose signature, issuer, audience and time are right.

    `kinds` are the types that its head may name (small letters); none: it is not looked at.
    """
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenRefused("not a token") from error
    if head.get("alg") not in ALGORITHMS:
        raise TokenRefused(f"signed by {head.get('alg')}")
    if kinds and "typ" in head and str(head["typ"]).lower().removeprefix("application/") not in kinds:
        raise TokenRefused("a token of another kind")
    key = _key(settings, str(head.get("kid") or ""), head["alg"])
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=settings.client_id,
            issuer=str(discover(settings)["issuer"]),
            leeway=CLOCKS,
            options={"require": list(required)},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(f"{type(error).__name__}: {error}"[:200]) from error
    return claims


def look(settings: Settings) -> list[str]:
    """Ask a provider for its description and keys, as the editor's test does; gives the end points.

    Errors: ProviderSilent, TokenRefused.
    """
    forget()
    document = discover(settings)
    _keys(settings, anew=True)
    names = (
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
    )
    return [str(document[name]) for name in names if document.get(name)]


def way_out(settings: Settings, *, back: str) -> str:
    """Give the address at which the provider ends its own session; empty where it has none or is silent."""
    try:
        address = str(discover(settings).get("end_session_endpoint") or "")
        check(address, purpose="login")
    except (ProviderSilent, TokenRefused, CallFailed):
        return ""
    asked = urlencode(
        {
            "client_id": settings.client_id,
            "post_logout_redirect_uri": back,
            "ui_locales": languages(),
        }
    )
    return f"{address}{'&' if '?' in address else '?'}{asked}"


def call_provider(address: str, **how: Any) -> Answer:
    """Call a provider by the one way out. Error: ProviderSilent."""
    try:
        answer = call(address, purpose="login", limits=LIMITS, **how)
    except CallFailed as error:
        raise ProviderSilent(str(error)[:200]) from error
    if answer.status >= 500:
        raise ProviderSilent(f"HTTP {answer.status}")
    return answer


def _read(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderSilent(f"HTTP {answer.status}, not JSON") from error
    if not answer.ok or not isinstance(found, dict):
        raise ProviderSilent(f"HTTP {answer.status}")
    return found


def _fault(answer: Answer) -> str:
    try:
        found = answer.json()
    except ValueError:
        return f"HTTP {answer.status}"
    return str(found.get("error") or answer.status)[:60] if isinstance(found, dict) else str(answer.status)


def _keys(settings: Settings, *, anew: bool = False) -> Mapping[str, Any]:
    document = discover(settings)
    with MEMORY.lock:
        known = MEMORY.known[settings.issuer]
        age = time.monotonic() - known.keys_at
        if known.keys is not None and age < (NOT_OFTENER if anew else KEPT):
            return known.keys
    found = _read(call_provider(str(document["jwks_uri"])))
    if not isinstance(found.get("keys"), list):
        raise ProviderSilent("the keys cannot be read")
    keys = {
        str(one.get("kid") or f"#{number}"): one
        for number, one in enumerate(found["keys"][:50])
        if isinstance(one, dict) and one.get("use", "sig") == "sig" and one.get("kty") in ("RSA", "EC")
    }
    with MEMORY.lock:
        known.keys, known.keys_at = keys, time.monotonic()
    return keys


def _key(settings: Settings, kid: str, algorithm: str) -> Any:
    """The provider's key with this number (its only one where the token names none), for this algorithm."""
    keys = _keys(settings)
    if kid and kid not in keys:
        keys = _keys(settings, anew=True)
    found = keys.get(kid) if kid else next(iter(keys.values()), None) if len(keys) == 1 else None
    if found is None or found.get("alg", algorithm) != algorithm:
        raise TokenRefused("signed with an unknown key")
    try:
        return jwt.PyJWK(found, algorithm)
    except jwt.PyJWTError as error:
        raise TokenRefused("signed with an unusable key") from error


def _check_access_token(claims: Mapping[str, Any], told: Mapping[str, Any], algorithm: str) -> None:
    """An access token that came along must be the one that the id_token names (OpenID Connect, 3.1.3.8)."""
    if not claims.get("at_hash") or not isinstance(told.get("access_token"), str):
        return
    digest = hashlib.new(f"sha{algorithm[2:]}", told["access_token"].encode("ascii", "replace")).digest()
    if not hmac.compare_digest(str(claims["at_hash"]).encode(), _plain(digest[: len(digest) // 2]).encode()):
        raise TokenRefused("the access token is another")


def _userinfo(
    settings: Settings, document: Mapping[str, Any], told: Mapping[str, Any], claims: Mapping[str, Any]
) -> dict[str, Any]:
    if not settings.ask_userinfo or not document.get("userinfo_endpoint"):
        return {}
    headers = {"authorization": f"Bearer {told.get('access_token', '')}", "accept": "application/json"}
    found = _read(call_provider(str(document["userinfo_endpoint"]), headers=headers))
    if found.get("sub") != claims["sub"]:
        raise TokenRefused("the facts are those of another person")
    return found


def _plain(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
