"""The tables of notices."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid6
from django.db import migrations, models

import jingkai.kernel.parties.models.encrypted


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "Text message")],
                        max_length=8,
                        verbose_name="Channel",
                    ),
                ),
                ("sms_code", models.CharField(blank=True, max_length=60)),
                ("params", models.JSONField(default=dict)),
                ("to_hint", models.CharField(blank=True, max_length=120, verbose_name="To")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed, will be tried again"),
                            ("permanent", "given up"),
                            ("off", "channel not set up"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="Tries")),
                ("is_unclear", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(verbose_name="Made at")),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="Sent at")),
                ("next_at", models.DateTimeField(null=True, verbose_name="Next try")),
                ("receipt", models.CharField(blank=True, max_length=100, verbose_name="Provider's number")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="Error")),
            ],
            options={
                "verbose_name": "Delivery",
            },
        ),
        migrations.CreateModel(
            name="DeliveryTry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="At")),
                ("number", models.PositiveIntegerField(verbose_name="Try")),
                ("code", models.CharField(max_length=100)),
                ("error", models.CharField(max_length=500, verbose_name="Error")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="notices.delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "Failed try",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(max_length=64, verbose_name="Kind")),
                ("key", models.CharField(blank=True, max_length=120)),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("body", models.TextField(blank=True, verbose_name="Text")),
                ("url", models.CharField(blank=True, max_length=500)),
                ("case_ref", models.CharField(blank=True, max_length=100, verbose_name="Matter")),
                ("at", models.DateTimeField(verbose_name="At")),
                ("is_read", models.BooleanField(default=False)),
                ("read_at", models.DateTimeField(null=True, verbose_name="Read at")),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.person"
                    ),
                ),
            ],
            options={
                "verbose_name": "Notice",
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="notice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="notices.notice",
            ),
        ),
        migrations.CreateModel(
            name="NoticeTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=64, verbose_name="Kind")),
                ("version", models.PositiveIntegerField(verbose_name="Version")),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("title_en", models.CharField(max_length=160, verbose_name="English title")),
                ("body", models.TextField(verbose_name="Text")),
                ("body_en", models.TextField(verbose_name="English text")),
                ("sms", models.CharField(blank=True, max_length=300, verbose_name="Text message")),
                ("sms_en", models.CharField(blank=True, max_length=300, verbose_name="English text message")),
                ("sms_code", models.CharField(blank=True, max_length=60, verbose_name="Provider's template")),
                (
                    "sms_code_en",
                    models.CharField(blank=True, max_length=60, verbose_name="Provider's English template"),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), size=None, verbose_name="Channels"
                    ),
                ),
                ("edited_by", models.BigIntegerField(null=True)),
                ("edited_at", models.DateTimeField(verbose_name="Edited at")),
            ],
            options={
                "verbose_name": "Notice text",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="notices_template_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid6.uuid7, editable=False, unique=True)),
                ("purpose", models.CharField(max_length=32)),
                ("phone", jingkai.kernel.parties.models.encrypted.EncryptedTextField()),
                ("phone_hash", models.CharField(max_length=64)),
                ("code", jingkai.kernel.parties.models.encrypted.EncryptedTextField(null=True)),
                ("code_hash", models.CharField(max_length=64)),
                ("ip", models.CharField(blank=True, max_length=45)),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("passed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "Phone check",
                "indexes": [
                    models.Index(fields=["phone_hash", "started_at"], name="notices_check_phone"),
                    models.Index(fields=["ip", "started_at"], name="notices_check_ip"),
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="check_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="notices.phonecheck",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["to", "is_read", "-at", "-id"], name="notices_unread_first"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["to", "kind", "is_read", "-at", "-id"], name="notices_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("to", "key"), name="notices_told_once"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["-created_at", "-id"], name="notices_delivery_newest"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["state", "-created_at", "-id"], name="notices_delivery_state"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("notice__isnull", False)),
                fields=("notice", "channel"),
                name="notices_sent_once_per_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice__isnull", False), ("check_of__isnull", False), _connector="XOR"),
                name="notices_delivery_has_one_reason",
            ),
        ),
    ]
