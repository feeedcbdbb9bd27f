"""Templates that ask less of each name and each value: the same language, the same output.

A page asks for some four hundred names and shows some hundred and fifty values. Django tries each name in
ways that templates of ours seldom need, and takes every text through the questions whether it is a date or a
number. Here the usual cases come first, and whatever is not usual is left to Django itself. Templates that
are drawn for debugging are Django's own.
"""

from __future__ import annotations

from html import escape
from typing import Any

from django.template import Origin, Template, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Lexer,
    NodeList,
    Parser,
    Token,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.context import BaseContext
from django.template.loaders import base, cached
from django.utils.functional import Promise
from django.utils.safestring import SafeString

_UNUSUAL, _ABSENT = object(), object()
"""What is left to Django, and a name that stands for nothing."""


class _Reader(base.Loader):
    """Reads a template as Django does, and makes it one of these."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        tried: list[tuple[Origin, str]] = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                contents = self.get_contents(origin)  # type: ignore[attr-defined]
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
                continue
            return QuickTemplate(contents, origin, template_name, self.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)


class Loader(cached.Loader, _Reader):
    """Finds templates by other loaders, and keeps each once it is read."""


class QuickTemplate(Template):
    """A template whose plain names and texts are drawn the short way."""

    def compile_nodelist(self) -> NodeList:
        """Read the source; errors bear their line where somebody debugs."""
        if self.engine.debug:
            return super().compile_nodelist()
        tokens = Lexer(self.source).tokenize()
        engine: Any = self.engine
        parser: Any = _Parser(tokens, engine.template_libraries, engine.template_builtins, self.origin)
        nodes: NodeList = parser.parse()
        self.extra_data = parser.extra_data
        return nodes


class _Parser(Parser):
    def compile_filter(self, token: str) -> FilterExpression:
        expression: Any = super().compile_filter(token)
        names = [expression.var, *(arg for _filter, args in expression.filters for _lookup, arg in args)]
        for name in names:
            if type(name) is Variable and name.lookups and not name.translate:
                name.__class__ = _Name
        if type(expression.var) is _Name and not expression.filters:
            expression.__class__ = _Plain
        quick: FilterExpression = expression
        return quick

    def extend_nodelist(self, nodelist: NodeList, node: Any, token: Token) -> None:
        if type(node) is VariableNode:
            node.__class__ = _Shown
        super().extend_nodelist(nodelist, node, token)


class _Name(Variable):
    """A name with its attributes, as in `line.unit.name`."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        value = _looked_up(self.lookups, context)
        return super().resolve(context) if value is _UNUSUAL or value is _ABSENT else value


class _Plain(FilterExpression):
    """A name without filters."""

    __slots__ = ()

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        value = _looked_up(self.var.lookups, context)
        if value is _ABSENT:
            return None if ignore_failures else _invalid(self, context)
        return super().resolve(context, ignore_failures) if value is _UNUSUAL else value


def _invalid(expression: FilterExpression, context: Any) -> Any:
    """What the installation shows for a name that stands for nothing: an empty text."""
    text = context.template.engine.string_if_invalid
    return FilterExpression.resolve(expression, context) if text else text


def _looked_up(names: Any, context: Any) -> Any:
    """Look a name up; whatever goes wrong underway is left to Django, which tries and tells it anew."""
    try:
        return _found(names, context)
    except Exception:
        return _UNUSUAL


def _found(names: tuple[str, ...], context: Any) -> Any:
    first = names[0]
    for level in reversed(context.dicts):
        if first in level:
            value = level[first]
            break
    else:
        return _UNUSUAL if hasattr(context, first) else _ABSENT
    if callable(value):
        value = _called(value)
    for name in names[1:]:
        if value is _UNUSUAL or value is _ABSENT:
            return value
        value = _part(value, name)
        if callable(value):
            value = _called(value)
    return value


def _part(value: Any, name: str) -> Any:
    """Give an entry of a dictionary or an attribute."""
    kind = type(value)
    if kind is dict:
        if name in value:
            return value[name]
        return _UNUSUAL if name[0].isdigit() else getattr(value, name, _ABSENT)
    if hasattr(kind, "__getitem__"):
        try:
            return value[name]
        except (TypeError, AttributeError, KeyError, ValueError, IndexError):
            if isinstance(value, BaseContext):
                return _UNUSUAL
    return getattr(value, name, _UNUSUAL)


def _called(value: Any) -> Any:
    """Call what can be called without anything, as templates do; what may not be called is unusual."""
    if getattr(value, "do_not_call_in_templates", False) or getattr(value, "alters_data", False):
        return _UNUSUAL
    return value()


class _Shown(VariableNode):
    """A value within the text of a template."""

    def render(self, context: Any) -> str:
        """Write the value; a text is only escaped."""
        try:
            value = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        if isinstance(value, Promise):
            value = str(value)
        kind = type(value)
        if kind is SafeString:
            return value  # type: ignore[no-any-return]
        if kind is str and context.autoescape:
            return escape(value)
        return render_value_in_context(value, context)

    render_annotated = render
