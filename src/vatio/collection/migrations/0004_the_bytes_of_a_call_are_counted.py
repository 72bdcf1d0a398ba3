"""Counts the bytes of a call in eight bytes: in four, those beyond 2 GiB came out negative."""

from django.db import migrations, models

UNWRAP = """
UPDATE collection_callattempt SET
    bytes_sent = CASE WHEN bytes_sent < 0 THEN bytes_sent + 4294967296 ELSE bytes_sent END,
    bytes_received =
        CASE WHEN bytes_received < 0 THEN bytes_received + 4294967296 ELSE bytes_received END
WHERE bytes_sent < 0 OR bytes_received < 0;
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_calls_that_wait_are_looked_after")]

    operations = [
        migrations.AlterField(
            model_name="callattempt",
            name="bytes_received",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="callattempt",
            name="bytes_sent",
            field=models.BigIntegerField(default=0),
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
                    ("wrong_key", "The meter did not accept the access key"),
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
        migrations.RunSQL(UNWRAP),
        migrations.AddConstraint(
            model_name="callattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("bytes_received__gte", 0), ("bytes_sent__gte", 0)),
                name="the_bytes_of_a_call_are_counted",
            ),
        ),
    ]
