"""Cutting text into words, the same way for what is stored and for what is asked.

Chinese has no spaces: without cutting, two-character words (施工, 许可, 退税) are lost. `cut_for_search`
gives a long word and the words inside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from django.utils.safestring import SafeString

from jingkai.kernel.hooks import api as hooks

LONGEST_TEXT = 100_000
LONGEST_QUERY = 100
LONGEST_WORD = 60
MOST_POSITIONS = 16_000

IDLE = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "啊",
        "吧",
        "要",
        "想",
        "我",
        "我们",
        "你",
        "您",
        "请问",
        "请",
        "在",
        "哪",
        "哪里",
        "哪儿",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "怎么办",
        "需要",
        "可以",
        "能",
        "能不能",
        "是",
        "有",
        "个",
        "和",
        "与",
        "the",
        "a",
        "an",
        "of",
        "for",
        "to",
        "in",
        "on",
        "is",
        "are",
        "how",
        "what",
        "where",
        "do",
        "i",
        "need",
    ]
)
"""Words of a question that say nothing about what is sought."""


def normal(text: str) -> str:
    """Write full-width and half-width, large and small letters the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """Cut a text into words, in order."""
    cut = hooks.cut_for_search(normal(text[:LONGEST_TEXT]))
    return [word.strip()[:LONGEST_WORD] for word in cut if any(sign.isalnum() for sign in word)]


def segment(text: str) -> str:
    """Cut a text into words with one space between."""
    return " ".join(words_of(text))


def query_words(text: str) -> list[str]:
    """Cut a query into the words that matter, each once; a query of idle words only keeps them."""
    words = list(dict.fromkeys(words_of(text[:LONGEST_QUERY])))
    return [word for word in words if word not in IDLE] or words


def sounds_of(text: str) -> list[str]:
    """Give how a Chinese text is typed by its sound: the first letters, and the whole in pinyin."""
    signs = [sign for sign in normal(text) if sign.isalnum()]
    syllables = hooks.syllables("".join(signs))
    if not any("\u4e00" <= sign <= "\u9fff" for sign in signs):
        return []
    return ["".join(part[:1] for part in syllables)[:LONGEST_WORD], "".join(syllables)[:LONGEST_WORD]]


def as_vector(parts: Mapping[str, Iterable[str]]) -> str:
    """Write words as a `tsvector`: `{"A": words of the title, "C": words of the text}`.

    Written here and not by the database's parser, which knows no Chinese words.
    """
    places: dict[str, list[str]] = {}
    position = 0
    for weight, words in parts.items():
        for word in words:
            position = min(position + 1, MOST_POSITIONS)
            known = places.setdefault(word, [])
            if len(known) < 200:
                known.append(f"{position}{weight}")
    return " ".join(f"{_quoted(word)}:{','.join(where)}" for word, where in places.items())


def as_query(groups: Sequence[Sequence[str]], *, every: bool = True) -> str:
    """Write groups of words as a `tsquery`: any group, of each every word (or any, with `every` off).

    A Latin word also finds those that it begins.
    """
    joint = " & " if every else " | "
    return " | ".join(f"({joint.join(_term(word) for word in group)})" for group in groups if group)


def _term(word: str) -> str:
    begins = word.isascii() and len(word) >= 2
    return f"{_quoted(word)}:*" if begins else _quoted(word)


def _quoted(word: str) -> str:
    inside = word.replace("\\", "\\\\").replace("'", "''").replace("\x00", "")
    return f"'{inside}'"


def highlight(text: str, words: Iterable[str]) -> SafeString:
    """Escape a text and mark the words found in it."""
    parts, at = [], 0
    for start, end in _spans(text, words):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return SafeString("".join([*parts, escape(text[at:])]))  # nosec B703 - escaped


def excerpt(text: str, words: Iterable[str], size: int = 140) -> SafeString:
    """Give the part of a text around the first word found, escaped and marked."""
    text = " ".join(text.split())
    spans = _spans(text, words)
    start = max(0, spans[0][0] - size // 4) if spans else 0
    part = text[start : start + size]
    before, after = ("…" if start else ""), ("…" if start + size < len(text) else "")
    return SafeString(f"{before}{highlight(part, words)}{after}")  # nosec B703 - escaped


def _spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Find where words stand, joined where they touch; signs are compared one by one, so places stay true."""
    plain = "".join(one if len(one := normal(sign)) == 1 else sign for sign in text)
    marks = [False] * len(plain)
    for word in sorted(set(words), key=len, reverse=True):
        at = plain.find(word)
        while word and at >= 0:
            marks[at : at + len(word)] = [True] * len(word)
            at = plain.find(word, at + len(word))
    spans: list[tuple[int, int]] = []
    for at, is_marked in enumerate(marks):
        if is_marked and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        elif is_marked:
            spans.append((at, at + 1))
    return spans
