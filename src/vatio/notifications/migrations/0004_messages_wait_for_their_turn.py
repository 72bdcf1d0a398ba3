from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_older_messages_are_tried_at_once")]
    operations = [
        migrations.AlterField("message", "try_at", models.DateTimeField()),
        migrations.RemoveIndex("message", "messages_waiting"),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["try_at", "id"],
                name="messages_waiting",
                condition=models.Q(state="queued"),
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["claimed_at"],
                name="messages_leaving",
                condition=models.Q(state="handing over"),
            ),
        ),
    ]
