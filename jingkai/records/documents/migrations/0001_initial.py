import django.db.models.deletion
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("numbering", "0001_initial"),
        ("parties", "0001_initial"),
        ("seals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuedDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(max_length=60)),
                ("kind_name", models.CharField(max_length=60)),
                ("kind_name_en", models.CharField(blank=True, default="", max_length=100)),
                (
                    "number_text",
                    models.CharField(max_length=100, unique=True, verbose_name="document number"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("owner_kind", models.CharField(max_length=60)),
                ("owner_id", models.BigIntegerField()),
                (
                    "addressee_name",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="addressee"),
                ),
                ("organ_name", models.CharField(max_length=200, verbose_name="deciding organ")),
                ("public_facts", models.JSONField(blank=True, default=list)),
                ("template", models.CharField(max_length=100)),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("sm3", models.CharField(max_length=64)),
                ("seal_page", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("seal_x", models.FloatField(blank=True, null=True)),
                ("seal_y", models.FloatField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Waiting for the seal"),
                            ("valid", "Valid"),
                            ("revoked", "Revoked"),
                            ("replaced", "Replaced"),
                            ("void", "Abandoned before issue"),
                        ],
                        default="prepared",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("verification_code", models.CharField(max_length=20, unique=True)),
                ("prepared_at", models.DateTimeField()),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_class", models.CharField(blank=True, default="", max_length=40)),
                ("end_reason", models.CharField(blank=True, default="", max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "addressee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "number",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="numbering.issuednumber",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "prepared_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "replaced_by",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="documents.issueddocument",
                    ),
                ),
                (
                    "seal_use",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seals.sealuse",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner_kind", "owner_id"], name="documents_by_owner"),
                    models.Index(fields=["sha256"], name="documents_by_digest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["prepared", "void"]), ("issued_at__isnull", False), _connector="OR"
                        ),
                        name="documents_issued_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["prepared", "valid"]),
                            models.Q(
                                ("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="documents_end_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "replaced"), _negated=True),
                            ("replaced_by__isnull", False),
                            _connector="OR",
                        ),
                        name="documents_replaced_by",
                    ),
                ],
            },
        ),
    ]
