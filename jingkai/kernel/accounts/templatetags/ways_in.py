"""The other ways to sign in, for the log-in page."""

from django import template

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import WayIn

register = template.Library()


@register.simple_tag
def ways_in() -> list[WayIn]:
    """Give every other way to sign in that is open just now."""
    return [way for source in rules.ways_in.all() for way in source()]
