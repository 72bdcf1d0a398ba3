"""Keeps when what changed arrived: whether it is late goes by that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("readings", "0005_another_delivery_after_one_taken_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="touched",
            name="arrived_at",
            field=models.DateTimeField(null=True),
        ),
    ]
