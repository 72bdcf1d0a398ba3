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
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=400)),
                ("account_id", models.BigIntegerField(null=True)),
                ("order_id", models.BigIntegerField(null=True)),
                ("address", models.EmailField(max_length=254)),
                (
                    "language",
                    models.CharField(choices=[("es", "Español"), ("en", "English")], max_length=2),
                ),
                ("template", models.CharField(max_length=40)),
                ("context", models.JSONField(default=dict)),
                ("secret", models.BooleanField(default=False)),
                ("queued_at", models.DateTimeField()),
                ("send_before", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("handing over", "Handing Over"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("too late", "Too Late"),
                            ("uncertain", "Uncertain"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("only_leaders", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("repeated", models.BooleanField(default=False)),
                ("last_error", models.TextField(blank=True, default="")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["next_attempt_at", "id"],
                        name="messages_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "handing over")),
                        fields=["claimed_at"],
                        name="messages_leaving",
                    ),
                    models.Index(
                        fields=["organisation", "-queued_at"], name="messages_of_organisation"
                    ),
                    models.Index(
                        condition=models.Q(("account_id__isnull", False)),
                        fields=["account_id"],
                        name="messages_of_an_account",
                    ),
                    models.Index(
                        condition=models.Q(("order_id__isnull", False)),
                        fields=["order_id"],
                        name="messages_on_an_order",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="one_message_of_a_key"),
                    models.CheckConstraint(
                        condition=models.Q(("send_before__gt", models.F("queued_at"))),
                        name="a_message_has_time_to_leave",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation__isnull", False),
                            models.Q(("account_id__isnull", True), ("order_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_message_about_an_account_has_its_organisation",
                    ),
                ],
            },
        ),
    ]
