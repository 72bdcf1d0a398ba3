"""Counts how often what had ended went on, so that its end is told anew."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("alerts", "0006_a_line_has_one_alert_by_itself"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alerttold",
            name="a_moment_is_told_a_person_once_by_a_channel",
        ),
        migrations.AddField(
            model_name="alertepisode",
            name="reopened",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="alertheld",
            name="instead",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="alerttold",
            name="reopened",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="alerttold",
            index=models.Index(fields=["account", "at"], name="what_an_account_was_told"),
        ),
        migrations.AddConstraint(
            model_name="alerttold",
            constraint=models.UniqueConstraint(
                fields=("episode", "person", "what", "channel", "reopened"),
                name="a_moment_is_told_a_person_once_by_a_channel",
            ),
        ),
    ]
