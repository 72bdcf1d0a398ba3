from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_entrances")]
    operations = [
        migrations.AddField("entrance", "account_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "entrance",
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
        migrations.RemoveConstraint("entrance", "one_living_invitation_of_an_address"),
        migrations.RemoveConstraint("entrance", "an_entrance_leads_where_its_kind_says"),
    ]
