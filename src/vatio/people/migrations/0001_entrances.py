import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_organisations_people_memberships"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entrance",
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
                        related_name="entrances",
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
                        fields=("organisation", "email"),
                        name="one_living_invitation_of_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("email", ""), ("kind", "first"), ("organisation__isnull", True)
                            ),
                            models.Q(
                                ("kind", "invitation"),
                                ("organisation__isnull", False),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "reset"),
                                ("organisation__isnull", True),
                                models.Q(("email", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_entrance_leads_where_its_kind_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            _connector="OR",
                        ),
                        name="a_used_entrance_is_not_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_at__isnull", True), ("used_by__isnull", True)),
                            models.Q(("used_at__isnull", False), ("used_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_used_entrance_says_by_whom",
                    ),
                ],
            },
        ),
    ]
