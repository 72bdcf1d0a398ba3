from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readings", "0004_drafts_of_files")]

    operations = [
        migrations.RemoveConstraint("delivery", "one_delivery_of_a_source_an_hour"),
        migrations.AddConstraint(
            "delivery",
            models.UniqueConstraint(
                condition=models.Q(hour__isnull=False, taken_back_at__isnull=True),
                fields=("account_id", "source_id", "hour"),
                name="one_delivery_of_a_source_an_hour",
            ),
        ),
    ]
