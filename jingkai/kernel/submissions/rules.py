"""When a form may be taken, and the sentences for when it may not."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.submissions.data import Token

FORM_LIFE = timedelta(days=7)
"""How long a drawn form may be sent."""

ROW_LIFE = timedelta(days=8)
"""How long a carried-out form is remembered: longer than `FORM_LIFE`, so that no old form acts twice."""

HELD_LIFE = timedelta(hours=24)
HELD_BYTES = 1024 * 1024
HELD_BYTES_VISITOR = 64 * 1024
HELD_FORMS = 10
"""How long, how large and how many typed forms are kept for one person."""

KEY_BYTES = 200
"""The longest `Idempotency-Key` of an API call."""

_signer = TimestampSigner(salt="jingkai.submissions.once")


class TokenMissing(PersonFacingError):
    """The form came without its mark, or with one that we did not draw."""

    status = 400
    sentence = _("This form was sent without its one-time mark, so it was not carried out.")
    advice = _("Open the page again and send the form from there.")


class TokenTooOld(PersonFacingError):
    """The form was drawn too long ago to tell whether it was already carried out."""

    sentence = _("This page was open for more than a week, so the form was not carried out.")
    advice = _("Go back to the form: it is drawn anew with what you typed. Check it and send it again.")


class TokenOfAnother(PersonFacingError):
    """The form was drawn for somebody else (another person logged in meanwhile)."""

    sentence = _("This form was opened under another log-in, so it was not carried out.")
    advice = _("Open the page again under your own name and send the form from there.")


class DatabaseAway(PersonFacingError):
    """The database does not answer, or answered too late; whether it carried the call out is not known."""

    status = 503
    retry_after = 5
    sentence = _("The system cannot reach its records at the moment.")
    advice = _(
        "Try again in a few seconds. What is sent a second time is carried out once, even if the first time"
        " had reached the records after all."
    )


class SentOtherwise(PersonFacingError):
    """The same form was already carried out with another content."""

    sentence = _("This form was already sent with another content. What you changed now was not carried out.")
    advice = _("Go back to the form to see how things stand, and send the change from there.")


class SessionEnded(PersonFacingError):
    """A file or a form sent by a script met an ended session."""

    status = 401
    sentence = _("Your session has ended. Log in again in another window, then choose the file again.")


class NotHere(PersonFacingError):
    """A script asked for what does not exist, or is another's."""

    status = 404
    sentence = _("What this belongs to is not here, or is no longer shown to you.")
    advice = _("Load the page anew.")


class KeyMissing(PersonFacingError):
    """A writing API call without `Idempotency-Key`."""

    status = 400
    sentence = _("A writing call needs the header Idempotency-Key, at most 200 characters long.")


def draw_token(user_id: int | None) -> str:
    """Draw a new one-time mark for a form shown to this user."""
    return _signer.sign(f"{user_id or ''}.{secrets.token_urlsafe(16)}")


def read_token(text: str) -> Token:
    """Check a mark's signature and age; raises `TokenMissing` or `TokenTooOld`."""
    try:
        value = _signer.unsign(text, max_age=FORM_LIFE)
    except SignatureExpired as error:
        raise TokenTooOld from error
    except BadSignature as error:
        raise TokenMissing from error
    user, _dot, number = value.partition(".")
    return Token(number=number, user_id=int(user) if user else None)


def check_owner(token: Token, user_id: int | None) -> None:
    """Refuse a form drawn for another user; one drawn for a visitor may be sent after logging in."""
    if token.user_id is not None and token.user_id != user_id:
        raise TokenOfAnother
