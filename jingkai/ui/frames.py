"""The frame around every page (menus, head, foot), drawn once for all pages that show the same one.

What differs from request to request is put into the drawn text: the form mark, the page's own address and
what was searched for. Everything else is in the key, so that nothing ever has to be forgotten by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jingkai.ui.cookies import in_large_print
from jingkai.ui.data import Shell

Part = Literal["rail", "top", "bottom", "public_head", "footer", "tools"]

_TOOLS = ("languages",)
_BRAND = ("zone_name", "mark", "home_url")
_HEAD = (
    *("search_url", "search_hint", "demo", "unread", "unread_url"),
    *("user_name", "user_unit", "account", "login_url", "register_url", "logout_url"),
)
_SHOWN: Mapping[Part, tuple[str, ...]] = {
    "rail": (*_BRAND, *_TOOLS, "groups"),
    "top": (*_TOOLS, *_HEAD),
    "bottom": ("groups", "bar"),
    "public_head": (*_BRAND, *_TOOLS, *_HEAD, "nav"),
    "footer": ("zone_name", "footer", "footer_lines"),
    "tools": _TOOLS,
}
"""What of the frame each part shows, so that people who see the same share what was drawn."""

_MARK, _HERE, _SEARCHED = "\ue000form-mark\ue000", "\ue000here\ue000", "\ue000searched\ue000"
"""Places in a drawn frame; characters of private use, which no text of the interface holds."""


def drawn(part: Part, context: Mapping[str, Any]) -> SafeString:
    """Give a part of the frame for this request, in the reader's language."""
    request = context.get("request")
    shell: Shell | None = context["shell"].itself if context.get("shell") else None
    shown = shell and Shell(**{"zone_name": "", **{name: getattr(shell, name) for name in _SHOWN[part]}})
    elder = in_large_print(request)
    text = _drawn(part, shown, get_language(), elder)
    for place, value in (
        (_MARK, context.get("csrf_token", "")),
        (_HERE, request.get_full_path() if request else "/"),
        (_SEARCHED, request.GET.get("q", "") if request else ""),
    ):
        if place in text:
            text = text.replace(place, escape(value))
    return SafeString(text)  # nosec B703 - drawn by a template, the rest escaped above


@lru_cache(maxsize=1024)
def _drawn(part: Part, shell: Shell | None, language: str | None, elder: bool) -> str:
    """Draw a part; `language` is in the key only: the template asks for it itself."""
    values = {"shell": shell or "", "elder": elder, "csrf_token": _MARK, "here": _HERE, "searched": _SEARCHED}
    return get_template(f"ui/parts/{part}.html").render(values)
