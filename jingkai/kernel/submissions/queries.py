"""Reads: the digest of what was sent, and what was kept for a person."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jingkai.kernel.submissions.data import HELD_COOKIE, TOKEN_FIELD, is_secret
from jingkai.kernel.submissions.models import HeldPost
from jingkai.kernel.submissions.rules import HELD_LIFE, draw_token
from jingkai.ui.cookies import cookie_of

COOKIE_SALT = "jingkai.submissions.held"


def digest_of(request: HttpRequest) -> str:
    """Digest what a form carries, files included, without its marks; of other bodies every byte."""
    state = hashlib.sha256()
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    if request.method != "POST" or request.content_type not in forms:
        state.update(request.body)
        return state.hexdigest()
    marks = (TOKEN_FIELD, "csrfmiddlewaretoken")
    named = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in marks]
    state.update(json.dumps(named, ensure_ascii=True).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            state.update(json.dumps([name, file.name]).encode())
            for chunk in file.chunks():
                state.update(chunk)
            file.seek(0)
    return state.hexdigest()


def token_field(request: HttpRequest | None) -> SafeString:
    """Draw a form's one-time mark, and say so when the form holds again what was typed before."""
    user_id = user_id_of(request) if request is not None else None
    held = render_to_string("submissions/held.html") if getattr(request, "held_shown", False) else ""
    mark = '<input type="hidden" name="{}" value="{}">{}\n'
    return format_html(mark, TOKEN_FIELD, draw_token(user_id), SafeString(held))  # nosec B703 - a template


def user_id_of(request: HttpRequest) -> int | None:
    """Give the number of the logged-in user, if any."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def kept_fields(request: HttpRequest) -> dict[str, list[str]]:
    """Give the fields of a sent form that may be kept: no marks, no secrets, no files, no null characters."""
    return {
        name.replace("\x00", ""): [str(value).replace("\x00", "") for value in values]
        for name, values in request.POST.lists()
        if name != TOKEN_FIELD and not is_secret(name)
    }


def cookie_secret(request: HttpRequest) -> str | None:
    """Read the key of this browser's kept forms from its signed cookie."""
    try:
        secret = signing.loads(cookie_of(request, HELD_COOKIE), salt=COOKIE_SALT, max_age=HELD_LIFE)
    except signing.BadSignature:
        return None
    return secret if isinstance(secret, str) else None


def owner_of(secret: str) -> str:
    """Give the digest under which the kept forms of a key are found."""
    return hashlib.sha256(f"owner:{secret}".encode()).hexdigest()


def cipher_of(secret: str) -> Fernet:
    """Give the cipher of a key."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"fields:{secret}".encode()).digest()))


def held(request: HttpRequest, action: str | None = None) -> QueryDict | None:
    """Give back what the person typed into this page's form before it could not be carried out, if anything.

    `action` is the path the form is sent to; without it, forms sent to this page and forms that stood on it
    (a draft saved while typing) count. Without the cookie there is no query.
    """
    secret = cookie_secret(request)
    if secret is None or request.GET.get("fresh"):
        return None
    row = _held_row(request, secret, action)
    fields = _read(row, secret) if row else None
    if fields is None:
        return None
    request.held_shown = True  # type: ignore[attr-defined]
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    data._mutable = False
    return data


def _held_row(request: HttpRequest, secret: str, action: str | None) -> HeldPost | None:
    moment: datetime = request.at  # type: ignore[attr-defined]
    here = Q(path=action or request.path)
    if action is None:
        here |= Q(page=request.path) | Q(page__startswith=f"{request.path}?")
    return (
        HeldPost.objects.filter(here, owner=owner_of(secret), at__gt=moment - HELD_LIFE)
        .filter(Q(user_id=None) | Q(user_id=user_id_of(request)))
        .order_by("-at")
        .first()
    )


def _read(row: HeldPost, secret: str) -> dict[str, list[str]] | None:
    try:
        fields: Any = json.loads(cipher_of(secret).decrypt(bytes(row.fields)))
    except (InvalidToken, ValueError):
        return None
    return fields if isinstance(fields, dict) else None


def key_token(key: str, user_id: int | None, caller: object = None) -> str:
    """Give the mark of an API call: a caller's key never meets another caller's.

    `caller` is the other system behind a call by token, which has no user.
    """
    token_id = getattr(caller, "token_id", "")
    who = f"token {token_id}" if token_id else str(user_id or "")
    return "key:" + hashlib.sha256(f"{who}:{key}".encode()).hexdigest()
