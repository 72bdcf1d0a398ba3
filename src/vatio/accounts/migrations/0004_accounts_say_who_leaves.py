from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_what_was_agreed_never_changes")]
    operations = [
        migrations.AddField("account", "leaving_since", models.DateTimeField(null=True)),
    ]
