"""`{% translate "…" %}` with a fixed text, looked up once for each language.

A page has fifty of them; Django looks each up at every request, in thirty steps.
"""

from __future__ import annotations

from typing import Any

from django.template.base import FilterExpression, Node, Parser, Token
from django.templatetags import i18n
from django.utils.translation import get_language


def translate(parser: Parser, token: Token) -> Node:
    """Read the tag as Django does; a text that never changes is kept."""
    node: Any = i18n.do_translate(parser, token)
    fixed = _is_fixed(node.filter_expression) and _is_fixed(node.message_context)
    return _Kept(node) if fixed and not node.noop else node


def _is_fixed(expression: FilterExpression | None) -> bool:
    """Tell whether an expression is a text in quotes and nothing more."""
    if expression is None:
        return True
    given: Any = expression.var
    return not expression.filters and (isinstance(given, str) or getattr(given, "literal", None) is not None)


class _Kept(Node):
    """A text in the reader's language, or the name under which the page has it from here on."""

    child_nodelists = ()

    def __init__(self, node: Any) -> None:
        self.node, self.name = node, node.asvar
        self.kept: dict[str | None, str] = {}
        node.asvar = None

    def render(self, context: Any) -> Any:
        language = get_language()
        text = self.kept.get(language)
        if text is None:
            text = self.kept[language] = self.node.render(context)
        if not self.name:
            return text
        context[self.name] = text
        return ""
