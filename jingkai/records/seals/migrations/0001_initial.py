import django.db.models.deletion
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="English name"),
                ),
                ("ring_text", models.CharField(max_length=60, verbose_name="text along the edge")),
                (
                    "line_text",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="text across"),
                ),
                (
                    "number_text",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="number on the seal"
                    ),
                ),
                (
                    "diameter_mm",
                    models.DecimalField(
                        decimal_places=1, default=42, max_digits=4, verbose_name="diameter in mm"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "In use"), ("suspended", "Suspended"), ("retired", "Retired")],
                        default="active",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("demo", models.BooleanField(default=False, verbose_name="demonstration seal")),
                ("key_name", models.CharField(editable=False, max_length=60, unique=True)),
                ("certificate", models.TextField(editable=False)),
                ("serial", models.CharField(editable=False, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="SealCustody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("basis", models.CharField(max_length=200, verbose_name="basis")),
                (
                    "custodian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="custody", to="seals.seal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at__isnull", True)),
                        fields=("seal",),
                        name="seals_one_custodian",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True),
                            ("ends_at__gte", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="seals_custody_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
                ("subject_kind", models.CharField(blank=True, default="", max_length=60)),
                ("subject_id", models.BigIntegerField(blank=True, null=True)),
                ("authorisation_kind", models.CharField(max_length=60)),
                ("authorisation_id", models.BigIntegerField()),
                ("authorisation_title", models.CharField(max_length=200)),
                ("authorised_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField()),
                ("certificate_serial", models.CharField(max_length=64)),
                ("content_sha256", models.CharField(max_length=64)),
                ("sealed_sha256", models.CharField(max_length=64)),
                (
                    "applied_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
                (
                    "authorised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="seals.seal"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["seal", "-applied_at"], name="seals_newest_uses")],
                "constraints": [
                    models.UniqueConstraint(fields=("seal", "year", "sequence"), name="seals_use_sequence"),
                    models.UniqueConstraint(
                        fields=("authorisation_kind", "authorisation_id"),
                        name="seals_authorisation_serves_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("authorised_by", models.F("applied_by")), _negated=True),
                        name="seals_two_people_for_a_seal",
                    ),
                ],
            },
        ),
    ]
