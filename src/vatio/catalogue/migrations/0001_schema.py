import uuid

import django.db.models.deletion
from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Licence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=vatio.tenants.folding.Fold("name"),
                        output_field=models.TextField(),
                    ),
                ),
                ("billing", models.CharField(choices=[("MTR", "Mtr"), ("DP", "Dp")], max_length=3)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name_folded",), name="one_licence_of_a_name"),
                    models.UniqueConstraint(
                        fields=("id", "billing"), name="a_licence_with_its_billing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^\\S+( \\S+)*$")),
                        name="licence_name_is_trimmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("billing__in", ["MTR", "DP"])),
                        name="billing_is_by_mtr_or_dp",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LicenceVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("billing", models.CharField(choices=[("MTR", "Mtr"), ("DP", "Dp")], max_length=3)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=200)),
                ("meters", models.IntegerField(null=True)),
                ("supply_points", models.IntegerField(null=True)),
                ("data_points", models.IntegerField(null=True)),
                ("rtc_lines", models.IntegerField(default=0)),
                ("published_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="catalogue.licence",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("licence", "number"), name="one_version_of_a_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("licence",),
                        name="one_published_version_of_a_licence",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("licence",),
                        name="one_draft_of_a_licence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("billing", "MTR"),
                                ("data_points__isnull", True),
                                ("meters__gte", 0),
                                ("meters__isnull", False),
                                ("supply_points__gte", 0),
                                ("supply_points__isnull", False),
                            ),
                            models.Q(
                                ("billing", "DP"),
                                ("meters__isnull", True),
                                ("supply_points__gte", 0),
                                ("supply_points__isnull", False),
                                ("data_points__gte", 0),
                                ("data_points__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="quantities_follow_the_billing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rtc_lines__gte", 0)), name="rtc_lines_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", True),
                                ("retired_at__isnull", True),
                                ("state", "draft"),
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("retired_at__isnull", True),
                                ("state", "published"),
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("retired_at__gte", models.F("published_at")),
                                ("retired_at__isnull", False),
                                ("state", "retired"),
                            ),
                            _connector="OR",
                        ),
                        name="a_version_is_dated_by_its_state",
                    ),
                ],
            },
        ),
    ]
