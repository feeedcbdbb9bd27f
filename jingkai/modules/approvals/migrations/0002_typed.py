"""What stands in a form with faults is kept beside the facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="typed",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
