"""`{{ once_field }}` for templates of the design system, which stands below and cannot load our tag."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jingkai.kernel.submissions.queries import token_field


def once_field(request: HttpRequest) -> dict[str, Any]:
    """Context processor: a form's one-time mark, drawn only when a template shows it."""
    return {"once_field": SimpleLazyObject(lambda: token_field(request))}
