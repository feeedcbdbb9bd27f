"""Reads: the language pair of a bilingual field, and where a page is mounted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.translation import get_language

logger = logging.getLogger(__name__)


def local(obj: Any, field: str) -> str:
    """Give a bilingual field in the reader's language, or in the other one where this one is empty.

    `field` holds Chinese and `field_en` English; a dictionary serves as well as an object.
    """
    return localizer()(obj, field)


def localizer() -> Callable[[Any, str], str]:
    """Give `local` for the reader's language, for lists: it need not be asked for again at every name."""
    return _chinese if (get_language() or "zh").startswith("zh") else _english


def _chinese(obj: Any, field: str) -> str:
    if isinstance(obj, dict):
        return str(obj.get(field) or obj.get(f"{field}_en") or "")
    return str(getattr(obj, field, "") or getattr(obj, f"{field}_en", "") or "")


def _english(obj: Any, field: str) -> str:
    if isinstance(obj, dict):
        return str(obj.get(f"{field}_en") or obj.get(field) or "")
    return str(getattr(obj, f"{field}_en", "") or getattr(obj, field, "") or "")


def address_of(name: str, thing: UUID) -> str:
    """Give the address of a thing's page; its shape is found out once for each name, not at every line."""
    return _shape(name, get_urlconf()).replace(_NOBODYS, str(thing))


_NOBODYS = str(UUID(int=0))


@lru_cache(maxsize=1024)
def _shape(name: str, urlconf: str | None) -> str:
    return reverse(name, urlconf=urlconf, args=[_NOBODYS])


def url_of(name: str) -> str:
    """Reverse a URL name once per process; an unknown name gives an empty string."""
    return _reversed(name, get_urlconf())


@lru_cache(maxsize=1024)
def _reversed(name: str, urlconf: str | None) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        logger.warning("no page is mounted under the name %s", name)
        return ""
