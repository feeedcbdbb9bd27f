"""Django's plain controls, drawn without a template: a page with twenty fields takes half the time.

What is drawn is Django's own, character for character (tests/test_widgets.py holds it to that).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]

_PLAIN = Context()
"""Texts are written as a template writes them: figures in the reader's way."""


def drawn(template_name: str, widget: Widget) -> SafeString | None:
    """Draw a control; None where it has a template of its own."""
    draw = _DRAWN.get(template_name)
    return SafeString(draw(widget)) if draw else None  # nosec B703 - each control escapes


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_escaped(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _words(value: Any) -> str:
    return html.escape(value) if type(value) is str else render_value_in_context(value, _PLAIN)


def _escaped(value: Any) -> str:
    return html.escape(value) if type(value) is str else conditional_escape(value)


def _input(widget: Widget) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_escaped(value)}"'
    name, kind = _escaped(widget["name"]), widget["type"]
    return f'<input type="{kind}" name="{name}"{given}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    value = _words(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>'


def _option(widget: Widget) -> str:
    label = _words(widget["label"])
    return f'<option value="{_escaped(widget["value"])}"{_attributes(widget)}>{label}</option>'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_escaped(widget["name"])}"{_attributes(widget)}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_words(group)}">')
        parts.extend(f"\n  {_option(option)}\n" for option in options)
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


_INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "file", "tel")
_DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in (*_INPUTS, "search", "color", "checkbox")},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
