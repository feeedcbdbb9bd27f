"""The tables of the search: what can be found, and what everyday words stand for."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class SearchDocument(models.Model):
    """One thing that can be found, written by the app that owns it together with the thing itself."""

    kind = models.CharField(max_length=64)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    url = models.CharField(max_length=500)
    is_public = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(default=1)
    initials = models.CharField(max_length=60, blank=True, db_collation="C")
    sound = models.CharField(max_length=60, blank=True, db_collation="C")
    vector = SearchVectorField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Search entry")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_document_thing")]
        indexes = [
            GinIndex(fields=["vector"], name="search_document_words"),
            models.Index(OpClass(Lower("title"), "text_pattern_ops"), name="search_document_start"),
            models.Index(fields=["initials"], name="search_document_initials"),
            models.Index(fields=["sound"], name="search_document_sound"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchSynonym(models.Model):
    """An everyday word, and the official word that the zone's texts use for it."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    word = models.CharField(_("Everyday word"), max_length=60, unique=True)
    official = models.CharField(_("Official word"), max_length=60)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Everyday word")

    def __str__(self) -> str:
        return f"{self.word} → {self.official}"
