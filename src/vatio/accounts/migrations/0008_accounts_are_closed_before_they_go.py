from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_accounts_say_what_they_hold")]

    operations = [
        migrations.AddField(
            model_name="account", name="closed_at", field=models.DateTimeField(null=True)
        ),
    ]
