from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_outbox")]
    operations = [
        migrations.AddField("message", "only_leaders", models.BooleanField(default=False)),
        migrations.AddField("message", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("message", "try_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "claimed_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "repeated", models.BooleanField(default=False)),
        migrations.AddField("message", "trouble", models.TextField(blank=True, default="")),
    ]
