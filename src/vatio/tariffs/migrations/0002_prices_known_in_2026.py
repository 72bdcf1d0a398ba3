"""Writes the regulated prices of 2024 to 2026 that were found, from the file beside this module.

An operator may correct them and import those of later years: what stands already is left as it
is, and nothing is written twice. The file is part of this migration and never changes either; it
has the columns of `vatio tariffs import`.
"""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).with_suffix(".csv")
AS_WRITTEN = (
    *("kind", "variant", "tariff", "territory", "value"),
    *("valid_from", "known_until", "source"),
)


def load(apps, schema_editor):
    price = apps.get_model("tariffs", "RegulatedPrice")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            price(
                **{name: row[name] for name in AS_WRITTEN},
                period=row["period"] or 0,
                valid_to=row["valid_to"] or None,
            )
            for row in csv.DictReader(file)
        ]
    price.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("tariffs", "0001_schema")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
