"""What is open of many accounts is counted without their whole history."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("alerts", "0004_a_text_in_ones_own_words"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="alertepisode",
            index=models.Index(
                condition=models.Q(("ends__isnull", True)),
                fields=["account"],
                name="open_episodes_of_an_account",
            ),
        ),
    ]
