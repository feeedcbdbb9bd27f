"""A local platform of unified log-in, for demonstrations and tests: description, keys, pages, signed tokens.

It checks the client, the return address, the code (once) and PKCE as a real one does, and misbehaves on
request: the faults of the frame, and `signature`, `issuer`, `audience`, `expired`, `nonce`, `unsigned`,
`shared` (signed with the client's secret), `unknown_key`, `nobody` for what its token says.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from jingkai.kernel.exchange.api import Call, serve_for_ever, serving

__all__ = ["PEOPLE", "Platform", "serve_identities", "serving"]

CLIENT = "jingkai"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "zhang": {
        "name": "张晓岚",
        "phone_number": "13812340001",
        "phone_number_verified": True,
        "email": "somebody.else@demo.example",
    },
    "qiu": {
        "name": "邱建国",
        "phone_number": "13812340002",
        "phone_number_verified": True,
        "uscc": "91320826MA1P9XKD4G",
        "enterprise_name": "示范线路板有限公司",
        "legal_representative": "邱建国",
        "enterprise_role": "legal_representative",
    },
    "wen": {"name": "温一鸣", "phone_number": "13812340003", "phone_number_verified": False},
}


@cache
def key_of(number: int) -> rsa.RSAPrivateKey:
    """Give one of the platform's keys, made on first use."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Platform:
    """The state of the stand-in: its clients' secret, codes given out, a fault to show."""

    issuer: str = ""
    secret: str = "s3cret"  # noqa: S105
    now: Callable[[], float] = time.time
    fault: str = ""
    kid: str = "k1"
    how: dict[str, Any] = field(default_factory=lambda: {"acr": "2", "amr": ["pwd", "face"]})
    token_hides: tuple[str, ...] = ()
    people: dict[str, Mapping[str, Any]] = field(default_factory=lambda: dict(PEOPLE))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call as such a platform would."""
        self.paths.append(call.path)
        match call.path:
            case "/.well-known/openid-configuration":
                return 200, self._document()
            case "/jwks":
                return 200, {"keys": [self._public_key()]}
            case "/authorize":
                return 200, self._page(call.query)
            case "/choose":
                return self._choose(call.query)
            case "/token":
                return self._token(call)
            case "/userinfo":
                return self._userinfo(call)
            case "/logout":
                return 200, self._farewell(call.query)
        return 404, {"error": "not_found"}

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": ["1", "2", "3"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def _public_key(self) -> dict[str, Any]:
        found = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_of(1).public_key()))
        return {**found, "kid": self.kid, "use": "sig", "alg": "RS256"}

    def _page(self, query: Mapping[str, str]) -> bytes:
        """A page on which the person says who they are: a stand-in asks for no password."""
        say = _words(query)
        lines = "".join(
            f'<p><a href="/choose?{html.escape(urlencode({**query, "person": number}))}">'
            f"{html.escape(str(facts['name']))} {html.escape(str(facts.get('enterprise_name', '')))}</a></p>"
            for number, facts in self.people.items()
        )
        cancel = html.escape(f"/choose?{urlencode(query)}")
        body = f'<p>{say["who"]}</p>{lines}<p><a href="{cancel}">{say["cancel"]}</a></p>'
        return _html(say["title"], body, say["lang"])

    def _choose(self, query: Mapping[str, str]) -> tuple[int, Any]:
        back, state = query.get("redirect_uri", ""), query.get("state", "")
        if query.get("person") not in self.people:
            told = {"error": "access_denied", "state": state}
        else:
            code = secrets.token_urlsafe(24)
            self.codes[code] = dict(query)
            told = {"code": code, "state": state, "iss": self.issuer}
        location = f"{back}?{urlencode(told, quote_via=quote)}"
        return 302, (b"", {"Location": location})

    def _token(self, call: Call) -> tuple[int, Any]:
        form = call.form()
        asked = self.codes.pop(form.get("code", ""), None)
        if not self._is_client(call, form):
            return 401, {"error": "invalid_client"}
        if asked is None or asked.get("redirect_uri") != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        hidden = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked.get("code_challenge") != hidden.rstrip(b"=").decode():
            return 400, {"error": "invalid_grant"}
        access = f"access-{asked['person']}"
        digest = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": asked["person"],
            "aud": asked["client_id"],
            "iat": int(self.now()),
            "exp": int(self.now()) + 300,
            "nonce": asked.get("nonce", ""),
            "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "sid": f"sid-{asked['person']}",
            "auth_time": int(self.now()),
            **self.how,
            **self.people[asked["person"]],
        }
        token = self._signed({name: said for name, said in claims.items() if name not in self.token_hides})
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def logout_token(self, **told: Any) -> str:
        """What the platform says when somebody signs out there, to be sent to the client's address for it."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(self.now()),
            "exp": int(self.now()) + 120,
            "jti": secrets.token_urlsafe(12),
            "events": {LOGOUT_EVENT: {}},
            **told,
        }
        return self._signed({name: value for name, value in claims.items() if value is not None})

    def _is_client(self, call: Call, form: Mapping[str, str]) -> bool:
        pair = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        in_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)
        return in_form or call.headers.get("authorization") == f"Basic {pair}"

    def _signed(self, claims: dict[str, Any]) -> str:
        wrong: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://somebody.example"},
            "audience": {"aud": "another-client"},
            "expired": {"iat": int(self.now()) - 4000, "exp": int(self.now()) - 3600},
            "nonce": {"nonce": "another"},
            "nobody": {"sub": ""},
        }
        told = {**claims, **wrong.get(self.fault, {})}
        if self.fault == "unsigned":
            return jwt.encode(told, "", algorithm="none")
        if self.fault == "shared":
            return jwt.encode(told, self.secret.ljust(32, "-"), algorithm="HS256", headers={"kid": self.kid})
        number = 2 if self.fault == "signature" else 1
        kid = "unknown" if self.fault == "unknown_key" else self.kid
        return jwt.encode(told, key_of(number), algorithm="RS256", headers={"kid": kid})

    def _userinfo(self, call: Call) -> tuple[int, Any]:
        person = call.headers.get("authorization", "").removeprefix("Bearer access-")
        if person not in self.people:
            return 401, {"error": "invalid_token"}
        told = "somebody-else" if self.fault == "other_person" else person
        return 200, {"sub": told, **self.people[person]}

    def _farewell(self, query: Mapping[str, str]) -> bytes:
        back = html.escape(query.get("post_logout_redirect_uri", "/"))
        say = _words(query)
        return _html(say["out"], f'<p><a href="{back}">{say["back"]}</a></p>', say["lang"])


WORDS = {
    "zh": {
        "lang": "zh-CN",
        "title": "统一身份认证（替身）",
        "who": "替身不验证密码，请选择以谁的身份登录。",
        "cancel": "取消",
        "out": "已退出统一身份认证（替身）",
        "back": "返回",
    },
    "en": {
        "lang": "en",
        "title": "Unified log-in (stand-in)",
        "who": "The stand-in asks for no password. Choose who logs in.",
        "cancel": "Cancel",
        "out": "Logged out of the unified log-in (stand-in)",
        "back": "Go back",
    },
}
LOOK = (
    "body{margin:0;background:#f4f6f8;font:15px/1.6 'Noto Sans SC',sans-serif;color:#1b2430}"
    "main{max-width:30rem;margin:10vh auto;padding:24px;background:#fff;border:1px solid #dfe3e8}"
    "h1{font-size:22px;margin:0 0 12px}a{display:inline-block;min-height:28px;color:#17407a}"
)


def _words(query: Mapping[str, str]) -> Mapping[str, str]:
    """The words of the first language that the client asked for."""
    return WORDS["en" if query.get("ui_locales", "").startswith("en") else "zh"]


def _html(title: str, body: str, language: str) -> bytes:
    head = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{LOOK}</style>'
    )
    return f"{head}<body><main><h1>{title}</h1>{body}</main></body></html>".encode()


def serve_identities(*, port: int, folder: Path) -> None:
    """Play the platform until the process ends."""
    (folder / "about.txt").write_text("Stand-in of the unified log-in\n", encoding="utf-8")
    issuer = settings.UNIFIED_LOGIN_URL or f"http://127.0.0.1:{port}"
    serve_for_ever(Platform(issuer=issuer, secret=settings.UNIFIED_LOGIN_SECRET or "demo"), port)
