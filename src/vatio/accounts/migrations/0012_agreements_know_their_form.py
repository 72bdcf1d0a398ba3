from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_drafts_of_imports_move_out"),
        ("tenants", "0003_people_hide_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="token",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("token",), name="one_agreement_of_a_form"),
        ),
    ]
