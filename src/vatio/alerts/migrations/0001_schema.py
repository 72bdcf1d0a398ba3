import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0008_accounts_are_closed_before_they_go"),
        ("metering", "0009_calculated_series_stay_in_their_account"),
        ("tenants", "0005_last_data_is_a_column_one_chooses"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("above", "Above a threshold"),
                            ("below", "Below a threshold"),
                            ("day sum", "Sum of a day above"),
                            ("week sum", "Sum of a week above"),
                            ("month sum", "Sum of a month above"),
                            ("power", "Above the contracted power"),
                            ("night", "Night base above usual"),
                            ("silence", "No data"),
                        ],
                        max_length=9,
                    ),
                ),
                ("threshold", models.FloatField(null=True)),
                ("worse", models.FloatField(null=True)),
                ("share", models.FloatField(null=True)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("schedule", models.CharField(blank=True, default="", max_length=168)),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")],
                        default="normal",
                        max_length=6,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("muted_until", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("looks_from", models.DateTimeField()),
                ("asleep", models.BooleanField(default=False)),
                ("resolution", models.PositiveSmallIntegerField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
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
                    "calculated",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alert_rules",
                        to="metering.calculatedseries",
                    ),
                ),
                (
                    "data_point",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_rules",
                        to="metering.datapoint",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_rules",
                        to="metering.rtcline",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.person",
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
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alert_rules",
                        to="metering.site",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_rules",
                        to="metering.datasource",
                    ),
                ),
                (
                    "supply_point",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_rules",
                        to="metering.supplypoint",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_mail", models.BooleanField(default=True)),
                ("by_sms", models.BooleanField(default=False)),
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
                        to="tenants.person",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recipients",
                        to="alerts.alertrule",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertEpisode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField(null=True)),
                ("worst", models.FloatField(null=True)),
                ("worst_at", models.DateTimeField(null=True)),
                ("worsened_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("late", models.BooleanField(default=False)),
                ("muted", models.BooleanField(default=False)),
                ("withdrawn", models.BooleanField(default=False)),
                ("told_opened_at", models.DateTimeField(null=True)),
                ("told_worsened_at", models.DateTimeField(null=True)),
                ("told_closed_at", models.DateTimeField(null=True)),
                ("told_together", models.BooleanField(default=False)),
                ("acknowledged_at", models.DateTimeField(null=True)),
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
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.person",
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
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="episodes",
                        to="alerts.alertrule",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertHeld",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
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
                        related_name="held",
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
                        to="tenants.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "episode"), name="an_episode_is_held_once_for_a_person"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="alertrule",
            index=models.Index(
                condition=models.Q(
                    ("asleep", False), ("due_at__isnull", False), ("removed_at__isnull", True)
                ),
                fields=["due_at"],
                name="silences_to_look_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.UniqueConstraint(
                fields=("id", "account"), name="an_alert_with_its_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "above",
                            "below",
                            "day sum",
                            "week sum",
                            "month sum",
                            "power",
                            "night",
                            "silence",
                        ],
                    )
                ),
                name="alert_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["low", "normal", "high"])),
                name="alert_severity_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at__isnull", False),
                    models.Q(
                        ("calculated__isnull", True),
                        ("data_point__isnull", False),
                        ("line__isnull", True),
                        ("site__isnull", True),
                        ("source__isnull", True),
                        ("supply_point__isnull", True),
                    ),
                    models.Q(
                        ("calculated__isnull", False),
                        ("data_point__isnull", True),
                        ("line__isnull", True),
                        ("site__isnull", True),
                        ("source__isnull", True),
                        ("supply_point__isnull", True),
                    ),
                    models.Q(
                        ("calculated__isnull", True),
                        ("data_point__isnull", True),
                        ("line__isnull", True),
                        ("site__isnull", False),
                        ("source__isnull", True),
                        ("supply_point__isnull", True),
                    ),
                    models.Q(
                        ("calculated__isnull", True),
                        ("data_point__isnull", True),
                        ("line__isnull", True),
                        ("site__isnull", True),
                        ("source__isnull", True),
                        ("supply_point__isnull", False),
                    ),
                    models.Q(
                        ("calculated__isnull", True),
                        ("data_point__isnull", True),
                        ("line__isnull", True),
                        ("site__isnull", True),
                        ("source__isnull", False),
                        ("supply_point__isnull", True),
                    ),
                    models.Q(
                        ("calculated__isnull", True),
                        ("data_point__isnull", True),
                        ("line__isnull", False),
                        ("site__isnull", True),
                        ("source__isnull", True),
                        ("supply_point__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="an_alert_looks_at_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at__isnull", False),
                    models.Q(
                        ("kind", "silence"),
                        models.Q(
                            ("source__isnull", False),
                            ("line__isnull", False),
                            ("data_point__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("kind", "silence"), _negated=True),
                        ("line__isnull", True),
                        ("source__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="sources_and_lines_are_silent_and_curves_are_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("threshold__isnull", False), ("kind", "silence"), _connector="OR"
                ),
                name="an_alert_has_a_threshold",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("schedule", ""), ("schedule__regex", "^[01]{168}$"), _connector="OR"
                ),
                name="a_schedule_has_168_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^\\S+( \\S+)*$")), name="alert_name_is_trimmed"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrecipient",
            constraint=models.UniqueConstraint(
                fields=("rule", "person"), name="a_person_once_in_an_alert"
            ),
        ),
        migrations.AddIndex(
            model_name="alertepisode",
            index=models.Index(fields=["rule", "begins"], name="episodes_of_an_alert"),
        ),
        migrations.AddIndex(
            model_name="alertepisode",
            index=models.Index(fields=["account", "-begins"], name="episodes_of_an_account"),
        ),
        migrations.AddIndex(
            model_name="alertepisode",
            index=models.Index(
                condition=models.Q(
                    models.Q(
                        ("late", False),
                        ("muted", False),
                        ("told_opened_at__isnull", True),
                        ("withdrawn", False),
                    ),
                    models.Q(
                        ("ends__isnull", False),
                        ("told_closed_at__isnull", True),
                        ("told_opened_at__isnull", False),
                    ),
                    models.Q(
                        ("told_opened_at__isnull", False),
                        ("told_worsened_at__isnull", True),
                        ("worsened_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                fields=["account"],
                name="episodes_to_tell",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertepisode",
            constraint=models.UniqueConstraint(
                fields=("id", "account"), name="an_episode_with_its_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertepisode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends__isnull", True)),
                fields=("rule",),
                name="one_open_episode_of_an_alert",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertepisode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends__isnull", True), ("ends__gte", models.F("begins")), _connector="OR"
                ),
                name="an_episode_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertepisode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn", False),
                    models.Q(("ends__isnull", False), ("told_opened_at__isnull", False)),
                    _connector="OR",
                ),
                name="only_told_episodes_are_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertepisode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acknowledged_at__isnull", True),
                    ("acknowledged_by__isnull", False),
                    _connector="OR",
                ),
                name="who_acknowledged_an_episode_is_known",
            ),
        ),
    ]
