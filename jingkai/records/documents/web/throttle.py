"""A brake on guessing codes and on handing in copies without end."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.data import origin
from jingkai.kernel.hooks.data import PersonFacingError


class TooOften(PersonFacingError):
    """Too many tries from one address."""

    status = 429
    sentence = _("This was tried too often from your network.")
    advice = _("Wait a few minutes, then try again.")


def brake(request: HttpRequest, what: str, *, limit: int, seconds: int = 600) -> None:
    """Count one try of an address; more than `limit` in the time are refused.

    Counted per process: with several workers the limit is that many times higher, which a code of 60 random
    bits bears easily.
    """
    address = origin.get().ip or request.META.get("REMOTE_ADDR", "")
    key = f"documents.{what}.{address}"
    cache.add(key, 0, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        tries = 1
    if tries > limit:
        raise TooOften
