"""Asking the search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from jingkai.kernel.hooks.api import local
from jingkai.kernel.search.data import Found, Hit
from jingkai.kernel.search.models import SearchDocument, SearchSynonym
from jingkai.kernel.search.rules.words import LONGEST_QUERY, as_query, excerpt, highlight, normal, query_words

RANKED = 2000
"""Up to so many hits are ranked; ranking a third of a million rows takes a tenth of a second and more."""
LONGEST_BODY = 20_000
NO_SOUND = "-"
"""Matches no sound: sounds hold letters and digits only."""

_WHERE = """
FROM search_searchdocument d
WHERE (d.vector @@ %(query)s::tsquery OR d.initials LIKE %(sound)s OR d.sound LIKE %(sound)s)
  AND (d.is_public OR NOT %(public_only)s) AND (%(kinds)s::text[] IS NULL OR d.kind = ANY(%(kinds)s))
"""
_COLUMNS = """
d.kind, d.object_id, d.title, d.title_en, left(d.body, %(longest)s), left(d.body_en, %(longest)s), d.url
"""
_RANK = "ts_rank_cd(array[0.1, 0.2, 0.6, 1.0]::real[], d.vector, %(query)s::tsquery, 1) * d.weight"
_COUNT = f"SELECT count(*), array_agg(DISTINCT kind) FROM (SELECT d.kind {_WHERE} LIMIT %(ranked)s) found"  # noqa: S608
_PAGE = "d.changed_at DESC, d.id LIMIT %(limit)s OFFSET %(offset)s"
_BEST = f"SELECT {_COLUMNS} {_WHERE} ORDER BY {_RANK} DESC, {_PAGE}"
_NEWEST = f"SELECT {_COLUMNS} {_WHERE} ORDER BY {_PAGE}"


def find(
    query: str,
    *,
    kinds: Collection[str] | None = None,
    public_only: bool = True,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """Find things by words, everyday words, pinyin or its first letters, the best first.

    Things that hold every word come first; where none does, those with some words are given (`is_relaxed`).
    """
    words = query_words(query)
    if not words:
        return Found((), 0, RANKED)
    groups, meant = _meanings(query, words)
    shown = [word for group in groups for word in group]
    values = {
        "sound": _sound(query),
        "public_only": public_only,
        "kinds": list(kinds) if kinds else None,
        "limit": limit,
        "offset": offset,
        "ranked": RANKED,
        "longest": LONGEST_BODY,
    }
    for every in (True, False):
        asked = {**values, "query": as_query(groups, every=every)}
        count, found_kinds = _rows(_COUNT, asked)[0]
        if count:
            rows = _rows(_BEST if count < RANKED else _NEWEST, asked)
            hits = [_hit(row, shown) for row in rows]
            return Found(hits, count, RANKED, count < RANKED, not every, meant, tuple(sorted(found_kinds)))
    return Found((), 0, RANKED, meant=meant)


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _meanings(query: str, words: Sequence[str]) -> tuple[list[list[str]], tuple[str, ...]]:
    """Give the words asked for, and beside them the query with its everyday words said officially."""
    asked = normal(query[:LONGEST_QUERY])
    known = [row for row in SearchSynonym.objects.order_by("word") if row.word in asked]
    known.sort(key=lambda row: len(row.word), reverse=True)
    official, meant = asked, []
    for row in known:
        if row.word in official:
            official = official.replace(row.word, f" {row.official} ")
            meant.append(row.official)
    groups = [list(words)]
    if meant:
        groups.append(query_words(official))
        groups += [query_words(one) for one in meant]
    return groups, tuple(dict.fromkeys(meant))


def _sound(query: str) -> str:
    """Give what was typed as the beginning of a sound; what cannot be one begins nothing."""
    typed = normal(query).replace(" ", "")[:60]
    return f"{typed}%" if len(typed) >= 2 and typed.isascii() and typed.isalpha() else NO_SOUND


def _hit(row: tuple[Any, ...], words: Sequence[str]) -> Hit:
    kind, object_id, title, title_en, body, body_en, url = row
    document = SearchDocument(title=title, title_en=title_en, body=body, body_en=body_en)
    name = local(document, "title")
    return Hit(kind, object_id, name, url, highlight(name, words), excerpt(local(document, "body"), words))


def suggest(text: str, *, public_only: bool = True, limit: int = 8) -> list[str]:
    """Give titles that begin as somebody is typing: in characters, pinyin or its first letters."""
    typed = normal(text).strip()[:40]
    if not typed:
        return []
    values = {
        "start": f"{_like(typed)}%",
        "query": as_query([query_words(typed)]),
        "sound": _sound(text),
        "public_only": public_only,
        "limit": limit,
    }
    rows = _rows(_SUGGEST, values)
    return list(dict.fromkeys(local(SearchDocument(title=row[0], title_en=row[1]), "title") for row in rows))


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")


_SUGGEST = """
SELECT d.title, d.title_en FROM search_searchdocument d
WHERE (d.is_public OR NOT %(public_only)s)
  AND (d.vector @@ %(query)s::tsquery OR lower(d.title) LIKE %(start)s
       OR d.initials LIKE %(sound)s OR d.sound LIKE %(sound)s)
ORDER BY lower(d.title) LIKE %(start)s DESC, d.weight DESC, length(d.title), d.id LIMIT %(limit)s
"""
