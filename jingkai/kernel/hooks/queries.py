"""Reads: the language pair of a bilingual field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language


def local(obj: Any, field: str) -> str:
    """Give a bilingual field in the reader's language, or in the other one where this one is empty.

    `field` holds Chinese and `field_en` English; a mapping serves as well as an object.
    """
    chinese, english = str(_value(obj, field) or ""), str(_value(obj, f"{field}_en") or "")
    if (get_language() or "zh").startswith("zh"):
        return chinese or english
    return english or chinese


def _value(obj: Any, field: str) -> Any:
    return obj.get(field, "") if isinstance(obj, Mapping) else getattr(obj, field, "")
