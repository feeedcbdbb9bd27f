"""For other apps' tests: marks for forms that are sent without drawing the page first."""

from __future__ import annotations

from typing import Any

from jingkai.kernel.submissions.data import TOKEN_FIELD
from jingkai.kernel.submissions.rules import draw_token


def with_token(data: dict[str, Any] | None = None, *, user: Any = None) -> dict[str, Any]:
    """Add a fresh one-time mark to a form's data: `client.post(url, with_token({...}))`."""
    return {**(data or {}), TOKEN_FIELD: draw_token(getattr(user, "pk", None))}
