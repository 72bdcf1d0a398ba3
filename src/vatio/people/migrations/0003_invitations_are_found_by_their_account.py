from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_triggers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="onetimelink",
            index=models.Index(
                condition=models.Q(("account_id__isnull", False)),
                fields=["account_id"],
                name="invitations_to_an_account",
            ),
        ),
    ]
