import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_schema"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("organisation", "person"),
                        name="one_living_calendar_link_of_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First"),
                            ("invitation", "Invitation"),
                            ("reset", "Reset"),
                        ],
                        max_length=10,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("account_id", models.BigIntegerField(null=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("commercial", "Commercial"),
                            ("superadministrator", "Superadministrator"),
                            ("administrator", "Administrator"),
                            ("viewer", "Viewer"),
                        ],
                        default="",
                        max_length=18,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "first"),
                            ("used_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                        ),
                        fields=("kind",),
                        name="one_living_first_key",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "invitation"),
                            ("used_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                        ),
                        fields=("organisation", "account_id", "email"),
                        name="one_living_invitation_of_an_address",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("account_id__isnull", True),
                                ("email", ""),
                                ("kind", "first"),
                                ("organisation__isnull", True),
                                ("role", ""),
                            ),
                            models.Q(
                                ("account_id__isnull", True),
                                ("kind", "invitation"),
                                ("organisation__isnull", True),
                                ("role", "commercial"),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                ("account_id__isnull", True),
                                ("kind", "invitation"),
                                ("organisation__isnull", False),
                                ("role", "superadministrator"),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                ("account_id__isnull", False),
                                ("kind", "invitation"),
                                ("organisation__isnull", False),
                                ("role__in", ["administrator", "viewer"]),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                ("account_id__isnull", True),
                                ("kind", "reset"),
                                ("organisation__isnull", True),
                                ("role", ""),
                                models.Q(("email", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_link_leads_where_its_kind_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            _connector="OR",
                        ),
                        name="a_used_link_is_not_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_at__isnull", True), ("used_by__isnull", True)),
                            models.Q(("used_at__isnull", False), ("used_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_used_link_says_by_whom",
                    ),
                ],
            },
        ),
    ]
