"""A rule may say in its own words what its texts say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0003_who_was_told_is_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="alertrule",
            name="sms_text",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
    ]
