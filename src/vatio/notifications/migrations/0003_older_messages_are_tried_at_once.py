"""Lets the messages that wait already be tried from the moment they were queued."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_messages_are_tried")]
    operations = [
        migrations.RunSQL(
            "UPDATE notifications_message SET try_at = queued_at", migrations.RunSQL.noop
        )
    ]
