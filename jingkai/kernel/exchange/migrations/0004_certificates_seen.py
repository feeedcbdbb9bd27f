from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_exports_as_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateSight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField()),
                ("problem", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("host", "port"), name="exchange_certificate_once")
                ],
            },
        ),
    ]
