import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("purging", "0002_exports_stay_with_their_account")]
    operations = [
        migrations.CreateModel(
            "Purge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_uid", models.UUIDField(db_index=True)),
                ("account_name", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("done_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("refusal", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purges",
                        to="accounts.account",
                    ),
                ),
                (
                    "asked_by",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account"],
                        name="one_waiting_purge_of_an_account",
                        condition=Q(done_at__isnull=True, refused_at__isnull=True),
                    ),
                    models.CheckConstraint(
                        condition=Q(reason__regex=r"\S"), name="a_purge_says_why"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            account__isnull=False,
                            done_at__isnull=True,
                            refused_at__isnull=True,
                            refusal="",
                        )
                        | Q(account__isnull=True, done_at__isnull=False, refused_at__isnull=True)
                        | (Q(done_at__isnull=True, refused_at__isnull=False) & ~Q(refusal="")),
                        name="a_purge_waits_is_done_or_refused",
                    ),
                ]
            },
        ),
    ]
