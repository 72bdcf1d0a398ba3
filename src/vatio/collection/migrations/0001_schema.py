import datetime

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0010_wallets_know_what_was_last_added"),
        ("metering", "0009_calculated_series_stay_in_their_account"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("modem", models.CharField(blank=True, default="", max_length=60)),
                (
                    "outcome",
                    models.CharField(
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
                            (
                                "key_unreadable",
                                "The access key cannot be opened here: write it anew",
                            ),
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
                ("bytes_sent", models.BigIntegerField(default=0)),
                ("bytes_received", models.BigIntegerField(default=0)),
                ("days", models.IntegerField(default=0)),
                ("days_read", models.IntegerField(default=0)),
                ("hours", models.IntegerField(default=0)),
                ("quarters", models.IntegerField(default=0)),
                ("missing", models.IntegerField(default=0)),
                ("new", models.IntegerField(default=0)),
                ("corrected", models.IntegerField(default=0)),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("drift", models.IntegerField(null=True)),
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
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="metering.rtcline",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["line", "-id"], name="calls_of_a_line"),
                    models.Index(
                        condition=models.Q(("asked_at__isnull", True)),
                        fields=["line", "started_at"],
                        name="calls_of_the_nights_of_a_line",
                    ),
                    models.Index(fields=["account", "-id"], name="calls_of_an_account"),
                    models.Index(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("started_at__isnull", True)
                        ),
                        fields=["asked_at"],
                        name="calls_that_wait",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(("bytes_received__gte", 0), ("bytes_sent__gte", 0)),
                        name="the_bytes_of_a_call_are_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(
                                models.Q(
                                    ("ended_at__gte", models.F("started_at")),
                                    ("started_at__isnull", True),
                                    _connector="OR",
                                ),
                                ("ended_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_call_ends_after_it_begins_and_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_at__isnull", False),
                            ("asked_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_call_that_waits_was_asked_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_on__isnull", True), ("last_on__isnull", True)),
                            ("first_on__lte", models.F("last_on")),
                            _connector="OR",
                        ),
                        name="the_days_of_a_call_go_forward",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("line",),
                        name="one_call_of_a_line_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "transport",
                    models.CharField(choices=[("ip", "IP"), ("modem", "Modem")], max_length=5),
                ),
                ("host", models.CharField(blank=True, default="", max_length=253)),
                ("port", models.IntegerField(null=True)),
                ("telephone", models.CharField(blank=True, default="", max_length=16)),
                ("modem", models.CharField(blank=True, default="", max_length=60)),
                ("night_from", models.TimeField(default=datetime.time(0, 30))),
                ("night_until", models.TimeField(default=datetime.time(6, 0))),
                ("link_address", models.IntegerField()),
                ("measuring_point", models.IntegerField()),
                ("sealed_key", models.BinaryField()),
                ("changed_at", models.DateTimeField()),
                ("hours_until", models.DateField(null=True)),
                ("quarters_until", models.DateField(null=True)),
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
                    "line",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settings",
                        to="metering.rtcline",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("modem", ""),
                                ("telephone", ""),
                                ("transport", "ip"),
                                models.Q(("host", ""), _negated=True),
                                ("port__gte", 1024),
                                ("port__isnull", False),
                                ("port__lte", 65535),
                            ),
                            models.Q(
                                ("host", ""),
                                ("port__isnull", True),
                                ("transport", "modem"),
                                models.Q(("telephone", ""), _negated=True),
                                models.Q(("modem", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_line_has_what_its_transport_needs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("link_address__range", (0, 65535)),
                            ("measuring_point__range", (0, 65535)),
                        ),
                        name="addresses_of_a_meter_have_two_bytes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("night_from", models.F("night_until")), _negated=True),
                        name="a_night_has_a_length",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.functions.text.Length("sealed_key"), 37
                        ),
                        name="the_key_of_a_line_is_sealed",
                    ),
                ],
            },
        ),
    ]
