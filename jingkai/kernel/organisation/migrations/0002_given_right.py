"""Which rights the product gave to which standard role, so that a release gives only what is new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="GivenRight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=80, verbose_name="right")),
                (
                    "how",
                    models.CharField(
                        choices=[("founding", "When the role was made"), ("release", "By a release")],
                        max_length=8,
                    ),
                ),
                ("release", models.CharField(blank=True, default="", max_length=40, verbose_name="release")),
                ("given_at", models.DateTimeField(verbose_name="given on")),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_rights",
                        to="organisation.role",
                        verbose_name="role",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role", "code"), name="organisation_right_given_once")
                ],
            },
        ),
    ]
