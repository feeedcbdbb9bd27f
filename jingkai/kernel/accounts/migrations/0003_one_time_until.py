"""Until when a one-time password may be used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_came_from")]

    operations = [
        migrations.AddField("user", "one_time_until", models.DateTimeField(blank=True, null=True)),
    ]
