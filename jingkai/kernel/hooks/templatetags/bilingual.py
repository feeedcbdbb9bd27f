"""`{% load bilingual %}`: `{{ item|local:"name" }}` chooses the Chinese or the English field."""

from django import template

from jingkai.kernel.hooks.queries import local

register = template.Library()
register.filter("local", local)
