from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("alerts", "0005_open_episodes_are_counted_quickly"),
        ("metering", "0009_calculated_series_stay_in_their_account"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("made_by__isnull", True)),
                fields=("line",),
                name="one_alert_of_itself_of_a_line",
            ),
        ),
    ]
