"""First tables."""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

import jingkai.kernel.parties.models.encrypted


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LocalIndustry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="class code")),
                ("parent", models.CharField(max_length=8, verbose_name="parent class")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
            ],
        ),
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="parties.party",
                        verbose_name="party",
                    ),
                ),
                (
                    "uscc",
                    models.CharField(max_length=18, unique=True, verbose_name="unified social credit code"),
                ),
                (
                    "legal_representative",
                    models.CharField(max_length=100, verbose_name="legal representative"),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="registered address"
                    ),
                ),
                ("industry", models.CharField(blank=True, default="", max_length=8, verbose_name="industry")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("signed", "Signed, not started"),
                            ("building", "Under construction"),
                            ("producing", "In production"),
                            ("stopped", "Production stopped"),
                            ("left", "Left the zone"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "scale",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("large", "Large"),
                            ("medium", "Medium"),
                            ("small", "Small"),
                            ("micro", "Micro"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="scale",
                    ),
                ),
                ("above_size", models.BooleanField(default=False, verbose_name="above designated size")),
                ("registered_at", models.DateTimeField(verbose_name="registered here")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "linked_leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.person",
                        verbose_name="linked leader",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.park",
                        verbose_name="park",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("phone", jingkai.kernel.parties.models.encrypted.EncryptedTextField(verbose_name="phone")),
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
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="enterprises.enterprise",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "filled_in",
                    jingkai.kernel.parties.models.encrypted.EncryptedTextField(blank=True, default=""),
                ),
                ("phone_check", models.CharField(max_length=40)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CodeException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uscc",
                    models.CharField(max_length=18, unique=True, verbose_name="unified social credit code"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("granted_at", models.DateTimeField()),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="enterprises_exception_has_a_reason",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=models.CheckConstraint(
                condition=models.Q(("uscc__regex", "^[0-9A-Z]{18}$")), name="enterprises_uscc_shape"
            ),
        ),
    ]
