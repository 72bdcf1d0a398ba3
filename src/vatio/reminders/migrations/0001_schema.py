import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_schema"),
        ("tenants", "0001_schema"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "milestone",
                    models.CharField(
                        choices=[("month", "Month"), ("week", "Week"), ("day", "Day")], max_length=5
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("overtaken", models.BooleanField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="accounts.account",
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
                (
                    "term",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="accounts.term",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "milestone"), name="one_decision_of_a_milestone"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("milestone__in", ["month", "week", "day"])),
                        name="milestone_is_known",
                    ),
                ],
            },
        ),
    ]
