"""Hides the column «Último dato» of the list of accounts until somebody chooses it."""

import django.contrib.postgres.fields
from django.db import migrations, models

import vatio.tenants.models

HIDE = """
UPDATE tenants_person SET hidden_columns = array_append(hidden_columns, 'last_data')
WHERE NOT 'last_data' = ANY(hidden_columns)
"""
SHOW = "UPDATE tenants_person SET hidden_columns = array_remove(hidden_columns, 'last_data')"


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0004_names_sort_with_enye_after_n"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="hidden_columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=vatio.tenants.models.hidden_at_first,
                size=None,
            ),
        ),
        migrations.RunSQL(HIDE, SHOW),
    ]
