"""Every visible string can be read in both languages, and every catalogue is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.tree import PRODUCT, parsed, python_files, short, templates
from tools import messages

LETTERS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
ATTRIBUTES = re.compile(r"\b(?:title|alt|placeholder|aria-label|summary|label)\s*=\s*([\"'])(.*?)\1", re.S)
WORDLESS = re.compile(r"<!--.*?-->|<(script|style|svg|code|pre)\b.*?</\1>|&[a-z#0-9]+;", re.S | re.I)
TAG = re.compile(r"<[^>]*>", re.S)
HOLE = "\x00"
PROPER_NAMES = re.compile(r"\b[A-Z0-9]+(-[A-Z0-9]+)*\b|\bJingkai\b|经开通|中文")
SPOKEN = {"help_text", "sentence", "advice", "empty_label", "verbose_name", "verbose_name_plural"}
DRAWN = {"web", "panels", "forms"}
"""Files whose `label=` is shown as it stands; elsewhere a label may be stored, in the zone's language."""


@pytest.mark.parametrize("folder", list(messages._folders([])), ids=lambda path: path.name)
def test_catalogue_is_complete(folder: Path) -> None:
    assert list(messages.faults_of(folder)) == []


def test_one_message_has_one_translation() -> None:
    assert list(messages._conflicts(list(messages._folders([])))) == []


def test_templates_speak_only_through_translations() -> None:
    spoken = []
    for name, path in templates():
        if path.suffix == ".html" and not name.startswith("ui/styleguide"):
            spoken += [f"{name}: {word!r}" for word in untranslated(path.read_text(encoding="utf-8"))]
    assert spoken == []


def untranslated(source: str) -> list[str]:
    """The visible words of a template that stand outside translation tags."""
    parts, inside = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            begins = token.contents.startswith(("blocktrans", "comment", "block body_class"))
            ends = token.contents.startswith(("endblocktrans", "endcomment", "endblock"))
            inside = begins or (inside and not ends)
        if token.token_type == TokenType.TEXT and not inside:
            parts.append(token.contents)
        else:
            parts.append(HOLE)
    text = WORDLESS.sub(HOLE, "".join(parts))
    visible = [match[2] for match in ATTRIBUTES.finditer(text)] + [TAG.sub(HOLE, text)]
    pieces = [piece.strip() for part in visible for piece in PROPER_NAMES.sub("", part).split(HOLE)]
    return [piece for piece in pieces if LETTERS.search(piece)]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{% translate 'Hello' %}</p>", []),
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<a title="Open" class="big">{% trans "x" %}</a>', ["Open"]),
        ("{% blocktranslate %}Dear {{ you }}{% endblocktranslate %} · PDF", []),
        ("<p>办理</p><!-- a note --><script>var words;</script>", ["办理"]),
        ('<input value="{{ v }}" name="phone" {% if a %}checked{% endif %}>', []),
    ],
)
def test_untranslated_words_are_found(source: str, words: list[str]) -> None:
    assert untranslated(source) == words


def test_labels_and_sentences_are_translated_in_python() -> None:
    spoken = [
        f"{short(path)}:{keyword.value.lineno} {keyword.arg}={keyword.value.value!r}"
        for path in python_files()
        if PRODUCT in path.parents and path.parent.name != "demo" and path.stem != "styleguide"
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in SPOKEN or (keyword.arg == "label" and DRAWN & {*path.parts, path.stem})
        if isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
        and LETTERS.search(keyword.value.value)
    ]
    assert spoken == []
