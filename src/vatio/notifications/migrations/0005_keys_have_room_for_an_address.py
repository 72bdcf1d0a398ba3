from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_messages_wait_for_their_turn")]
    operations = [
        migrations.AlterField("message", "key", models.CharField(max_length=400, unique=True)),
    ]
