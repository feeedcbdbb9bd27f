"""The tables of the trail."""

import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(unique=True, verbose_name="Number")),
                ("at", models.DateTimeField(verbose_name="When")),
                ("entries", models.BigIntegerField(verbose_name="Entries signed so far")),
                ("streams", models.IntegerField(verbose_name="Subjects in it")),
                ("hash", models.CharField(max_length=64, verbose_name="Fingerprint")),
                ("key", models.CharField(max_length=64, verbose_name="Key")),
            ],
            options={
                "verbose_name": "Checkpoint",
            },
        ),
        migrations.CreateModel(
            name="TrailCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="Asked for")),
                ("asked_by", models.BigIntegerField(null=True, verbose_name="By")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("intact", "intact"),
                            ("altered", "altered"),
                            ("broken", "broken off"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="State",
                    ),
                ),
                ("total", models.BigIntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "Verification",
            },
        ),
        migrations.CreateModel(
            name="TrailNews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream_kind", models.CharField(db_collation="C", max_length=64)),
                ("stream_id", models.BigIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "Unsigned entries",
            },
        ),
        migrations.CreateModel(
            name="TrailEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stream_kind",
                    models.CharField(db_collation="C", max_length=64, verbose_name="Kind of subject"),
                ),
                ("stream_id", models.BigIntegerField(verbose_name="Number of subject")),
                ("sequence", models.BigIntegerField(verbose_name="Place in the chain")),
                ("at", models.DateTimeField(verbose_name="When")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="Who")),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_mark", models.CharField(blank=True, max_length=64)),
                ("user_id", models.BigIntegerField(null=True)),
                ("for_id", models.BigIntegerField(null=True, verbose_name="For whom")),
                ("action", models.CharField(max_length=100, verbose_name="What")),
                ("facts", models.JSONField(default=dict, verbose_name="Facts")),
                ("result", models.CharField(max_length=32, verbose_name="Result")),
                ("ip", models.CharField(blank=True, max_length=45, verbose_name="Network address")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="Request")),
                ("agent", models.CharField(blank=True, max_length=64, verbose_name="Browser's mark")),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, verbose_name="Fingerprint")),
            ],
            options={
                "verbose_name": "Trail entry",
                "indexes": [
                    models.Index(fields=["at", "id"], name="audit_entry_at"),
                    models.Index(fields=["actor_id", "at", "id"], name="audit_entry_actor"),
                    models.Index(fields=["action", "at", "id"], name="audit_entry_action"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream_kind", "stream_id", "sequence"), name="audit_entry_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gt", 0)), name="audit_entry_counts_from_one"
                    ),
                ],
            },
        ),
    ]
