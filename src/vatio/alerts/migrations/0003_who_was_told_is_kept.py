"""Keeps who was told what of an episode, and by which channel."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TIE = """
ALTER TABLE alerts_alerttold ADD CONSTRAINT alerts_alerttold_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE alerts_alerttold ADD CONSTRAINT alerts_alerttold_episode_id_of_its_own
    FOREIGN KEY (episode_id, account_id) REFERENCES alerts_alertepisode (id, account_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("alerts", "0002_alerts_stay_in_their_account"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="alertheld",
            name="by_mail",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="alertheld",
            name="by_sms",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="AlertTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("worsened", "worsened"),
                            ("closed", "closed"),
                            ("still", "still"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("mail", "E-mail"), ("sms", "SMS"), ("page", "On the page")],
                        max_length=4,
                    ),
                ),
                ("fate", models.CharField(blank=True, default="", max_length=12)),
                ("message_key", models.CharField(blank=True, default="", max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="accounts.account",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="alerts.alertepisode",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("channel", "sms"), ("fate", "")),
                        fields=["at"],
                        name="episodes_told_by_text",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("episode", "person", "what", "channel"),
                        name="a_moment_is_told_a_person_once_by_a_channel",
                    )
                ],
            },
        ),
        migrations.RunSQL(TIE),
    ]
