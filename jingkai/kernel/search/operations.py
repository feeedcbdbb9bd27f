"""Writing the search: with every change of a thing, in the same transaction, by the app that owns it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.search.data import Entry, SearchKind
from jingkai.kernel.search.models import SearchDocument, SearchSynonym
from jingkai.kernel.search.rules.words import as_vector, normal, sounds_of, words_of

kinds: Registry[SearchKind] = Registry("search_kinds", key=lambda kind: kind.code)

SEEDS = (
    ("盖房", "施工许可"),
    ("盖房子", "施工许可"),
    ("建房", "施工许可"),
    ("开工手续", "施工许可"),
    ("防火", "消防"),
    ("消防验收", "消防设计审查"),
    ("防空洞", "人防工程"),
    ("营业执照", "企业登记"),
    ("开公司", "企业登记"),
    ("办证", "许可"),
    ("build", "施工许可"),
    ("fire", "消防"),
)
"""Everyday words that an installation begins with; the zone adds its own."""

_UPSERT = """
INSERT INTO search_searchdocument (kind, object_id, title, title_en, body, body_en, url, is_public, weight,
    initials, sound, vector, changed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector, %s)
ON CONFLICT (kind, object_id) DO UPDATE SET title = excluded.title, title_en = excluded.title_en,
    body = excluded.body, body_en = excluded.body_en, url = excluded.url, is_public = excluded.is_public,
    weight = excluded.weight, initials = excluded.initials, sound = excluded.sound, vector = excluded.vector,
    changed_at = excluded.changed_at
"""


class WordTaken(PersonFacingError):
    """The everyday word is in the list already."""

    sentence = _("“%(word)s” is in the list already.")
    advice = _("Change the line that is there.")


def declare_kind(kind: SearchKind) -> SearchKind:
    """Say what a kind of thing is called in the search."""
    return kinds.register(kind)


def index(entry: Entry, *, at: datetime) -> None:
    """Put a thing into the search, or bring it up to date."""
    index_many([entry], at=at)


def index_many(entries: Sequence[Entry], *, at: datetime) -> None:
    """Put things into the search, or bring them up to date."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [_row(entry, at) for entry in entries])


def _row(entry: Entry, at: datetime) -> tuple[str | int | bool | datetime, ...]:
    initials, sound = sounds_of(entry.title) or ("", "")
    vector = as_vector(
        {
            "A": [*words_of(entry.title), *words_of(entry.title_en)],
            "B": words_of(entry.keywords),
            "C": [*words_of(entry.body), *words_of(entry.body_en)],
        }
    )
    texts = (entry.title[:300], entry.title_en[:300], entry.body, entry.body_en, entry.url)
    last = (entry.is_public, entry.weight, initials, sound, vector, at)
    return (entry.kind, entry.object_id, *(text.replace("\x00", "") for text in texts), *last)


def remove(kind: str, object_ids: int | Iterable[int]) -> None:
    """Take things out of the search."""
    numbers = [object_ids] if isinstance(object_ids, int) else list(object_ids)
    SearchDocument.objects.filter(kind=kind, object_id__in=numbers).delete()


@transaction.atomic
def add_synonym(*, word: str, official: str, by: Actor, at: datetime) -> SearchSynonym:
    """Have an everyday word find what the official word finds."""
    try:
        with transaction.atomic():
            row = SearchSynonym.objects.create(word=normal(word).strip(), official=official.strip())
    except IntegrityError as error:
        raise WordTaken(word=word) from error
    record(row, action="search_word.added", by=by, at=at, facts={"word": row.word, "official": row.official})
    return row


@transaction.atomic
def remove_synonym(row: SearchSynonym, *, by: Actor, at: datetime) -> None:
    """Have an everyday word stand for itself again."""
    record(
        row, action="search_word.removed", by=by, at=at, facts={"word": row.word, "official": row.official}
    )
    row.delete()


def seed_synonyms() -> int:
    """Bring the everyday words that come with the product; those of the zone are left alone."""
    rows = [SearchSynonym(word=word, official=official) for word, official in SEEDS]
    return len(SearchSynonym.objects.bulk_create(rows, ignore_conflicts=True))
