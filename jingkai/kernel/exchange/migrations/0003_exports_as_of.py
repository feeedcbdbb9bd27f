from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_long_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="as_of",
            field=models.DateTimeField(null=True),
        ),
    ]
