"""The tables of the search."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SearchSynonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("word", models.CharField(max_length=60, unique=True, verbose_name="Everyday word")),
                ("official", models.CharField(max_length=60, verbose_name="Official word")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "Everyday word",
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=64)),
                ("object_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                ("body_en", models.TextField(blank=True)),
                ("url", models.CharField(max_length=500)),
                ("is_public", models.BooleanField(default=False)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("initials", models.CharField(blank=True, db_collation="C", max_length=60)),
                ("sound", models.CharField(blank=True, db_collation="C", max_length=60)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "Search entry",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_document_words"),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Lower("title"), "text_pattern_ops"
                        ),
                        name="search_document_start",
                    ),
                    models.Index(fields=["initials"], name="search_document_initials"),
                    models.Index(fields=["sound"], name="search_document_sound"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="search_document_thing")
                ],
            },
        ),
    ]
