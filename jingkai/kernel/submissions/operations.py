"""Writes: carry a form out once, and keep what was typed into one that could not be carried out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.core import signing
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render

from jingkai.kernel.hooks.api import prepared_cursor
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import page_of
from jingkai.kernel.submissions import queries, rules
from jingkai.kernel.submissions.data import HELD_COOKIE, TOKEN_FIELD, Outcome, Sending, Token
from jingkai.kernel.submissions.models import HeldPost, Submission
from jingkai.ui import cookies

View = TypeVar("View", bound=Callable[..., Any])
HTMX_REDIRECTS = ("HX-Redirect", "HX-Location")

THOUGH_REFUSED = "_acts_though_refused"

_CLAIM = """
INSERT INTO submissions_submission (token, user_id, path, digest, status, location, at)
VALUES (%s, %s, %s, %s, 0, '', %s) ON CONFLICT (token) DO NOTHING RETURNING id
"""
_SETTLE = "UPDATE submissions_submission SET status = %s, location = %s, body = %s::jsonb WHERE id = %s"


# --- once -----------------------------------------------------------------------------------------


def once(view: View) -> View:
    """Carry a POST out at most once, in one transaction; goes below the access decorator.

    A form carries `{% once %}`. The first arrival that ends in a redirect is stored with its effects;
    repetitions get the same redirect and have no effect; the same mark with another content is refused. Any
    other answer (a form with errors) rolls everything back, and the mark can be used again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        token = rules.read_token(request.POST.get(TOKEN_FIELD, ""))
        user_id = queries.user_id_of(request)
        rules.check_owner(token, user_id)
        sending = Sending(token.number, user_id, request.path[:500], queries.digest_of(request))
        return _carry_out(request, sending, lambda: view(request, *args, **kwargs), _redirect_of, _redirect)

    return guarded  # type: ignore[return-value]


def idempotent(view: View) -> View:
    """Carry a writing API call out at most once per `Idempotency-Key` and caller, in one transaction.

    An answer of status 2xx with a JSON body is stored with its effects and given to every repetition,
    marked by `Idempotent-Replayed: true`; any other answer rolls everything back.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return view(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key", "")
        if not key or len(key) > rules.KEY_BYTES:
            raise rules.KeyMissing
        user_id = queries.user_id_of(request)
        token = queries.key_token(key, user_id, getattr(request, "caller", None))
        path = f"{request.method} {request.path}"[:500]
        sending = Sending(token, user_id, path, queries.digest_of(request))
        return _carry_out(request, sending, lambda: view(request, *args, **kwargs), _json_of, _json)

    return guarded  # type: ignore[return-value]


def _carry_out(
    request: HttpRequest,
    sending: Sending,
    run: Callable[[], HttpResponseBase],
    outcome_of: Callable[[HttpResponseBase], Outcome | None],
    answer: Callable[[HttpRequest, Outcome], HttpResponseBase],
) -> HttpResponseBase:
    with transaction.atomic():
        row = claim(sending, at=request.at)  # type: ignore[attr-defined]
        if row is None:
            return answer(request, earlier_outcome(sending))
        response = run()
        outcome = outcome_of(response)
        if outcome is None:
            transaction.set_rollback(True)
        else:
            settle(row, outcome)
            _forget_held(request)
    if outcome is None:
        _act_though_refused(request)
    return response


def though_refused(request: HttpRequest, act: Callable[[], object]) -> None:
    """Carry `act` out in a transaction of its own if this form is not carried out (no redirect answers it).

    For keeping what somebody typed with its faults: the form's own effects are rolled back and its mark is
    free again, so `act` may run once for each arrival and must come to the same when repeated.
    """
    request.__dict__.setdefault(THOUGH_REFUSED, []).append(act)


def _act_though_refused(request: HttpRequest) -> None:
    for act in request.__dict__.pop(THOUGH_REFUSED, ()):
        with transaction.atomic():
            act()


def claim(sending: Sending, *, at: datetime) -> int | None:
    """Take a mark for this transaction and give its row's number, or None when it was already used.

    While another transaction holds the same mark this waits for its end: after a commit the answer is None,
    after a rollback the mark is free.
    """
    with prepared_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(_CLAIM, [sending.token, sending.user_id, sending.path, sending.digest, at])
        row = cursor.fetchone()
    return row[0] if row else None


def earlier_outcome(sending: Sending) -> Outcome:
    """Give what the first arrival led to; raises `SentOtherwise` when this one is not the same."""
    row = Submission.objects.get(token=sending.token)
    if (row.user_id, row.path, row.digest) != (sending.user_id, sending.path, sending.digest):
        raise rules.SentOtherwise
    return Outcome(status=row.status, location=row.location, body=row.body)


def settle(row: int, outcome: Outcome) -> None:
    """Store what a carried-out form led to."""
    body = None if outcome.body is None else json.dumps(outcome.body)
    with prepared_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(_SETTLE, [outcome.status, outcome.location, body, row])


def _redirect_of(response: HttpResponseBase) -> Outcome | None:
    if response.status_code in (301, 302, 303, 307, 308):
        return Outcome(response.status_code, location=response["Location"])
    for name in HTMX_REDIRECTS:
        if name in response and response.status_code < 300:
            return Outcome(response.status_code, location=response[name], body=name)
    return None


def _redirect(request: HttpRequest, outcome: Outcome) -> HttpResponseBase:
    del request
    if outcome.body in HTMX_REDIRECTS:
        return HttpResponse(status=outcome.status, headers={outcome.body: outcome.location})
    response = HttpResponseRedirect(outcome.location)
    response.status_code = outcome.status
    return response


def _json_of(response: HttpResponseBase) -> Outcome | None:
    if not 200 <= response.status_code < 300 or not isinstance(response, HttpResponse):
        return None
    body = json.loads(response.content) if response.content else None
    return Outcome(response.status_code, location=response.get("Location", ""), body=body)


def _json(request: HttpRequest, outcome: Outcome) -> HttpResponseBase:
    del request
    empty = outcome.body is None
    response = HttpResponse() if empty else JsonResponse(outcome.body, safe=False)
    response.status_code = outcome.status
    response["Idempotent-Replayed"] = "true"
    if outcome.location:
        response["Location"] = outcome.location
    return response


# --- scripts --------------------------------------------------------------------------------------


def answers_json(view: View) -> View:
    """Answer a script in JSON whatever stands in the way, with a sentence (`detail`) that it can show.

    For pages that a script sends files to; goes above the access decorator. An ended session is 401, never
    the log-in page.
    """

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return refusal_json(rules.SessionEnded())
        try:
            return view(request, *args, **kwargs)
        except PersonFacingError as refused:
            return refusal_json(refused)
        except Http404:
            return refusal_json(rules.NotHere())

    return answering  # type: ignore[return-value]


def refusal_json(refused: PersonFacingError) -> JsonResponse:
    """Say why something was not done, to a script that shows the sentence."""
    detail = f"{refused.sentence} {refused.advice}".strip()
    return JsonResponse({"detail": detail, "code": getattr(refused, "code", "")}, status=refused.status)


# --- held posts -----------------------------------------------------------------------------------


def hold(request: HttpRequest) -> HeldPost | None:
    """Keep the fields of a form that cannot be carried out now, for the person whose form it was.

    Only forms that we drew (their mark is signed and names the user) are kept, one row per mark; too large
    ones and forms without fields are not. `keep_cookie` then gives the browser its key.
    """
    token = _token_of(request)
    fields = queries.kept_fields(request) if token else {}
    text = json.dumps(fields, ensure_ascii=False).encode()
    largest = rules.HELD_BYTES if token and token.user_id else rules.HELD_BYTES_VISITOR
    if token is None or not fields or len(text) > largest:
        return None
    secret = queries.cookie_secret(request) or secrets.token_urlsafe(32)
    request.held_secret = secret  # type: ignore[attr-defined]
    return _store_held(request, token, secret, text)


def _token_of(request: HttpRequest) -> Token | None:
    if request.method != "POST":
        return None
    try:
        return rules.read_token(request.POST.get(TOKEN_FIELD, ""))
    except (rules.TokenMissing, rules.TokenTooOld):
        return None


@transaction.atomic
def _store_held(request: HttpRequest, token: Token, secret: str, text: bytes) -> HeldPost:
    owner = queries.owner_of(secret)
    row, _created = HeldPost.objects.update_or_create(
        token=token.number,
        defaults={
            "owner": owner,
            "user_id": token.user_id,
            "path": request.path[:500],
            "page": page_of(request)[:2000],
            "fields": queries.cipher_of(secret).encrypt(text),
            "at": request.at,  # type: ignore[attr-defined]
        },
    )
    newest = HeldPost.objects.filter(owner=owner).order_by("-at").values("pk")[: rules.HELD_FORMS]
    HeldPost.objects.filter(owner=owner).exclude(pk__in=newest).delete()
    return row


def keep_cookie(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give the browser the key of what was just kept for it."""
    secret = getattr(request, "held_secret", None)
    if secret is not None:
        value = signing.dumps(secret, salt=queries.COOKIE_SALT)
        cookies.keep_cookie(response, HELD_COOKIE, value, seconds=rules.HELD_LIFE)
    return response


def hold_at_login(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep a form that met an ended session, before its sender is asked to log in."""
    hold(request)
    return keep_cookie(request, response)


def _forget_held(request: HttpRequest) -> None:
    secret = queries.cookie_secret(request)
    if secret is not None:
        stood_here = Q(path=request.path[:500]) | Q(page=page_of(request)[:2000])
        HeldPost.objects.filter(stood_here, owner=queries.owner_of(secret)).delete()


def delete_old_rows(*, at: datetime) -> int:
    """Forget carried-out forms that can no longer be repeated, and kept forms past their day."""
    submissions, _ = Submission.objects.filter(at__lt=at - rules.ROW_LIFE).delete()
    held, _ = HeldPost.objects.filter(at__lt=at - rules.HELD_LIFE).delete()
    return submissions + held


def form_page(
    request: HttpRequest,
    form: Any,
    title: str,
    action: str,
    back_url: str,
    *,
    text: str = "",
    base: str = "ui/page.html",
    danger: bool = False,
) -> HttpResponse:
    """Draw the page of one form that is sent once: its title, its fields, its button, the way back.

    `form` may be None where there is only to confirm; one with errors is answered with 422, all typed kept.
    """
    context = {
        "base": base,
        "form": form,
        "title": title,
        "action": action,
        "back_url": back_url,
        "text": text,
        "danger": danger,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "submissions/form.html", context, status=status)
