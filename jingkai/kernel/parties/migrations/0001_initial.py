"""First tables."""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

import jingkai.kernel.parties.models.encrypted


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("post", "Post"),
                            ("unit", "Unit"),
                            ("enterprise", "Enterprise"),
                            ("zone", "Zone"),
                            ("system", "The system itself"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="English name"),
                ),
                (
                    "short_name",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="short name"),
                ),
                ("pinyin", models.CharField(blank=True, default="", editable=False, max_length=1400)),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=200)),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("legal_representative", "Legal representative"),
                            ("handler", "Handler"),
                            ("agent", "Agent"),
                        ],
                        max_length=24,
                        verbose_name="role",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="person",
                        serialize=False,
                        to="parties.party",
                        verbose_name="party",
                    ),
                ),
                (
                    "phone",
                    jingkai.kernel.parties.models.encrypted.EncryptedTextField(
                        blank=True, default="", verbose_name="phone"
                    ),
                ),
                (
                    "phone_hash",
                    models.CharField(blank=True, db_index=True, default="", editable=False, max_length=64),
                ),
                (
                    "email",
                    jingkai.kernel.parties.models.encrypted.EncryptedTextField(
                        blank=True, default="", verbose_name="e-mail"
                    ),
                ),
                (
                    "email_hash",
                    models.CharField(blank=True, db_index=True, default="", editable=False, max_length=64),
                ),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
            ],
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["kind", "pinyin", "id"], name="parties_by_pinyin"),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["zone", "system"])),
                fields=("kind",),
                name="parties_one_zone_one_system",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="parties_party_has_a_name"
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="representations",
                to="parties.party",
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="representations",
                to="parties.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("person", "party", "role"),
                name="parties_one_open_representation",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="parties_representation_dates_in_order",
            ),
        ),
    ]
