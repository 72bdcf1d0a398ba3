"""Takes over the drafts of imports from `accounts`, with what they hold."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RENAME = "ALTER TABLE accounts_importdraft RENAME TO portfolios_importdraft"
BACK = "ALTER TABLE portfolios_importdraft RENAME TO accounts_importdraft"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_indexes_know_the_end"),
        ("tenants", "0003_people_hide_columns"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAME, BACK)],
            state_operations=[
                migrations.CreateModel(
                    "ImportDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        ("content", models.BinaryField()),
                        ("ends", models.CharField(blank=True, default="", max_length=9)),
                        ("licences", models.JSONField(default=dict)),
                        ("columns", models.JSONField(default=dict)),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                ),
            ],
        ),
    ]
