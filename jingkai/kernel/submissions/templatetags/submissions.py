"""`{% load submissions %}`: `{% once %}` inside every `<form method="post">`."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from jingkai.kernel.submissions.queries import token_field

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """Draw the form's one-time mark."""
    return token_field(context.get("request"))
