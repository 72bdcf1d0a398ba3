"""Calls know their modem, and when a collector last looked after them while they wait."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("collection", "0002_lines_stay_in_their_account"),
        ("metering", "0009_calculated_series_stay_in_their_account"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="callattempt",
            name="the_end_of_a_call_is_known",
        ),
        migrations.AddField(
            model_name="callattempt",
            name="modem",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="callattempt",
            name="seen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="callattempt",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "The readings came"),
                    ("nothing_new", "There was nothing new"),
                    ("partly", "A part of the readings came, then the call broke off"),
                    ("in_use", "Somebody else was talking to the meter"),
                    ("engaged", "The line was engaged"),
                    ("no_answer", "Nobody answered"),
                    ("no_carrier", "The modem at the other side gave no carrier"),
                    ("no_dialtone", "Our modem has no dial tone"),
                    ("no_modem", "Our modem is not there, or does not answer"),
                    ("modem_fault", "Our modem reported a fault"),
                    ("not_found", "The name has no address"),
                    ("not_allowed", "The address may not be called from here"),
                    ("unreachable", "The address cannot be reached"),
                    ("silent", "It connected, and the meter said nothing"),
                    ("too_slow", "The call took too long"),
                    ("garbled", "What came could not be understood"),
                    ("hung_up", "The other side hung up"),
                    ("wrong_meter", "Another meter answered, or another measuring point"),
                    ("wrong_key", "The meter refused the access key"),
                    ("key_unreadable", "The access key cannot be opened here: write it anew"),
                    (
                        "no_place",
                        "Its meter has no data point for the energy, and none can be added",
                    ),
                    ("not_taken", "No collector took it up"),
                    ("not_collected", "Readings of the account are not collected any more"),
                    ("not_set_up", "It is not said how the meter is reached"),
                    ("no_such_curve", "The meter does not keep this curve"),
                    ("too_late", "The night ended before the call did"),
                    ("stopped", "The collector was stopped"),
                    ("failed", "Something failed here: the operator's log says what"),
                ],
                default="",
                max_length=14,
            ),
        ),
        migrations.AddConstraint(
            model_name="callattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "",
                            "done",
                            "nothing_new",
                            "partly",
                            "in_use",
                            "engaged",
                            "no_answer",
                            "no_carrier",
                            "no_dialtone",
                            "no_modem",
                            "modem_fault",
                            "not_found",
                            "not_allowed",
                            "unreachable",
                            "silent",
                            "too_slow",
                            "garbled",
                            "hung_up",
                            "wrong_meter",
                            "wrong_key",
                            "key_unreadable",
                            "no_place",
                            "not_taken",
                            "not_collected",
                            "not_set_up",
                            "no_such_curve",
                            "too_late",
                            "stopped",
                            "failed",
                        ],
                    )
                ),
                name="the_end_of_a_call_is_known",
            ),
        ),
    ]
