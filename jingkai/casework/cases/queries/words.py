"""Words by which a case is found: Chinese cut into words on both sides, references whole and in parts."""

from __future__ import annotations

import re

import rjieba

MOST_TERMS = 12
_PART = re.compile(r"[0-9a-z]+", re.IGNORECASE)
_WORD = re.compile(r"\w")


def words_of(*texts: str) -> list[str]:
    """Cut texts into the words that the index keeps; two-character Chinese words are among them."""
    found: dict[str, None] = {}
    for text in texts:
        lowered = text.lower()
        for word in rjieba.cut_for_search(lowered):
            if _WORD.search(word):
                found[word.strip()] = None
        for part in _PART.findall(lowered):
            found[part] = None
        for whole in lowered.split():
            found[whole] = None
    return list(found)


def search_expression(text: str) -> str:
    """Turn what somebody typed into a tsquery: every word, each as a beginning; empty when no word is."""
    terms = [word for word in rjieba.cut(text.lower()) if _WORD.search(word)][:MOST_TERMS]
    quoted = [term.strip().replace("\\", "\\\\").replace("'", "''") for term in terms]
    return " & ".join(f"'{term}':*" for term in quoted)
