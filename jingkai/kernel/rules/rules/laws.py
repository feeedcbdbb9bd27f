"""Laws by their English names: a reader of English is told which law it is, with the original beside it.

Rules name their source in Chinese, as it was published; only that text has force. `reference/laws.toml` says
how each source is called in English. One that is not listed, such as a zone's own instrument, stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

STATE = "中华人民共和国"
_FILE = Path(__file__).parents[1] / "reference" / "laws.toml"
_NUMBER = "[零〇一二三四五六七八九十百]+"
_ARTICLE = rf"第{_NUMBER}条(?:之{_NUMBER})?(?:第{_NUMBER}款)?(?:第（?{_NUMBER}）?项)?"
_ARTICLES = re.compile(rf"(?:{_ARTICLE}(?:[、和]|至|$))+")
_PARTS = re.compile(
    rf"第(?P<article>{_NUMBER})条(?:之(?P<inserted>{_NUMBER}))?(?:第(?P<paragraph>{_NUMBER})款)?"
    rf"(?:第（?(?P<point>{_NUMBER})）?项)?(?P<then>[、和至]?)"
)
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_PLACES = {"十": 10, "百": 100}


def cited(source: str, article: str = "") -> str:
    """A source of law and its article as the reader knows them: `Construction Law, art. 8 (建筑法第八条)`.

    The article may also stand at the end of the source. In Chinese, and for a law without an English name,
    the text stays as it was written.
    """
    gap = " " if article[:1].isascii() and article else ""
    text = f"{source}{gap}{article}"
    if (get_language() or "").startswith("zh"):
        return text
    english = in_english(text)
    return f"{english} ({text})" if english else text


def in_english(text: str) -> str:
    """The English of a citation, empty where the law is not known or something else is said of it."""
    bare = text.strip().replace("《", "").replace("》", "").removeprefix(STATE)
    names = _names()
    known = next((name for name in names if bare.startswith(name)), "")
    if not known:
        return ""
    rest = bare.removeprefix(known)
    if not rest:
        return names[known]
    return f"{names[known]}, art. {_articles(rest)}" if _ARTICLES.fullmatch(rest) else ""


@cache
def _names() -> dict[str, str]:
    """English names by Chinese ones, the longest first: an amended text goes before the text it amends."""
    found: dict[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["names"]
    bare = ((name.replace("《", "").replace("》", ""), english) for name, english in found.items())
    return dict(sorted(bare, key=lambda pair: -len(pair[0])))


def _articles(text: str) -> str:
    """`第十二条第二款、第十三条` as `12(2) and 13`; `第九条至第十一条` as `9 to 11`."""
    found = list(_PARTS.finditer(text))
    words = ""
    for place, part in enumerate(found):
        last_but_one = place == len(found) - 2
        joint = {"": "", "至": " to "}.get(part["then"], " and " if last_but_one else ", ")
        words += _article(part) + joint
    return words


def _article(part: re.Match[str]) -> str:
    inserted = f"-{number(part['inserted'])}" if part["inserted"] else ""
    below = "".join(f"({number(part[name])})" for name in ("paragraph", "point") if part[name])
    return f"{number(part['article'])}{inserted}{below}"


def number(words: str) -> int:
    """A Chinese number below a thousand, as articles are counted: 一百零一 is 101."""
    total = digit = 0
    for sign in words:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit
