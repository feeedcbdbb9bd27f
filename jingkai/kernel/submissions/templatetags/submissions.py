"""`{% load submissions %}`: `{% once %}` inside every `<form method="post">`."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from jingkai.kernel.submissions import queries, rules
from jingkai.kernel.submissions.data import TOKEN_FIELD

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """Draw the form's one-time mark, and say so when the form holds again what was typed before."""
    request = context.get("request")
    user_id = queries.user_id_of(request) if request is not None else None
    shown = bool(getattr(request, "held_shown", False))
    data = {"name": TOKEN_FIELD, "token": rules.draw_token(user_id), "held": shown}
    return SafeString(render_to_string("submissions/once.html", data))
