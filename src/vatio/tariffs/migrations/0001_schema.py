import django.contrib.postgres.constraints
from django.db import migrations, models

import vatio.tariffs.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0001_schema")]

    operations = [
        migrations.CreateModel(
            name="RegulatedPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("power_toll", "Power Toll"),
                            ("power_charge", "Power Charge"),
                            ("energy_toll", "Energy Toll"),
                            ("energy_charge", "Energy Charge"),
                            ("excess_by_maximeter", "Excess By Maximeter"),
                            ("excess_by_quarters", "Excess By Quarters"),
                            ("inductive_energy", "Inductive Energy"),
                            ("capacitive_energy", "Capacitive Energy"),
                            ("electricity_tax", "Electricity Tax"),
                            ("electricity_tax_minimum", "Electricity Tax Minimum"),
                            ("indirect_tax", "Indirect Tax"),
                            ("meter_rent", "Meter Rent"),
                            ("social_bonus", "Social Bonus"),
                        ],
                        max_length=30,
                    ),
                ),
                ("variant", models.CharField(blank=True, default="", max_length=20)),
                ("tariff", models.CharField(blank=True, default="", max_length=10)),
                ("territory", models.CharField(blank=True, default="", max_length=9)),
                ("period", models.PositiveSmallIntegerField(default=0)),
                ("value", models.DecimalField(decimal_places=8, max_digits=16)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("known_until", models.DateField()),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "variant", "tariff", "territory", "period", "valid_from"),
                        name="one_price_from_a_day_on",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("kind", "="),
                            ("variant", "="),
                            ("tariff", "="),
                            ("territory", "="),
                            ("period", "="),
                            (vatio.tariffs.models.PriceDays(), "&&"),
                        ],
                        name="one_price_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "power_toll",
                                    "power_charge",
                                    "energy_toll",
                                    "energy_charge",
                                    "excess_by_maximeter",
                                    "excess_by_quarters",
                                    "inductive_energy",
                                    "capacitive_energy",
                                    "electricity_tax",
                                    "electricity_tax_minimum",
                                    "indirect_tax",
                                    "meter_rent",
                                    "social_bonus",
                                ],
                            )
                        ),
                        name="a_price_is_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__lte", 6)),
                        name="a_price_is_of_at_most_six_periods",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="a_price_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_until__gt", models.F("valid_from")),
                            models.Q(
                                ("valid_to__isnull", True),
                                ("known_until__lte", models.F("valid_to")),
                                _connector="OR",
                            ),
                        ),
                        name="a_price_is_known_while_it_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="a_price_has_a_source",
                    ),
                ],
            },
        ),
    ]
