"""`{% load laws %}`: `{{ limit.source|law:limit.article }}` cites a law as its reader knows it."""

from django import template

from jingkai.kernel.rules.rules.laws import cited

register = template.Library()
register.filter("law", cited)
