from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_platform")]
    operations = [
        migrations.AddField(
            "person",
            "hidden_columns",
            ArrayField(models.CharField(max_length=20), default=list),
        ),
    ]
