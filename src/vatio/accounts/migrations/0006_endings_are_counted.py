import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_accounts_sort_by_client_and_end"),
        ("tenants", "0002_platform"),
    ]
    operations = [
        migrations.CreateModel(
            "EndingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_at", models.DateTimeField()),
                ("accounts", models.IntegerField()),
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
                        fields=["organisation", "ends_at"], name="one_count_of_an_ending"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(accounts__gte=0), name="no_count_is_negative"
                    ),
                ]
            },
        ),
    ]
