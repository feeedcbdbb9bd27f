"""Words by which a case is found: Chinese cut into words, references whole and in parts, names by letters."""

from __future__ import annotations

import re

from jingkai.kernel.hooks.api import cut, cut_for_search
from jingkai.kernel.parties.api import initials
from jingkai.kernel.parties.models import Party

MOST_TERMS = 12
_PART = re.compile(r"[0-9a-z]+", re.IGNORECASE)
_WORD = re.compile(r"\w")


def words_of(*texts: str) -> list[str]:
    """Cut texts into the words that the index keeps; two-character Chinese words are among them."""
    found: dict[str, None] = {}
    for text in texts:
        lowered = text.lower()
        for word in cut_for_search(lowered):
            if _WORD.search(word):
                found[word.strip()] = None
        for part in _PART.findall(lowered):
            found[part] = None
        for whole in lowered.split():
            found[whole] = None
    return list(found)


def words_of_name(party: Party) -> list[str]:
    """Give the words by which a party is found: its names, and the first letters of the Chinese one.

    The letters begin at each word of the name, so 精密制造 is found by jmzz inside 示范精密制造有限公司.
    """
    found = words_of(party.name, party.name_en, party.short_name)
    name = party.name.lower()
    starts, place = [], 0
    for word in cut(name):
        starts.append(place)
        place += len(word)
    letters = (initials(name[start:]) for start in starts)
    return list(dict.fromkeys([*found, *(each for each in letters if each)]))


def search_expression(text: str) -> str:
    """Turn what somebody typed into a tsquery: every word, each as a beginning; empty when no word is."""
    terms = [word for word in cut(text.lower()) if _WORD.search(word)][:MOST_TERMS]
    quoted = [term.strip().replace("\\", "\\\\").replace("'", "''") for term in terms]
    return " & ".join(f"'{term}':*" for term in quoted)
