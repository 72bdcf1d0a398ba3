from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_addresses_have_one_spelling"),
        ("notifications", "0002_triggers"),
        ("tenants", "0003_addresses_are_compared_as_stored"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", "^[!-@\\[-~]*$")),
                name="a_recipient_has_one_spelling",
            ),
        ),
    ]
