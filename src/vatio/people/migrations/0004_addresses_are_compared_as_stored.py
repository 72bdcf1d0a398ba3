from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_addresses_have_one_spelling"),
        ("people", "0003_invitations_are_found_by_their_account"),
        ("tenants", "0003_addresses_are_compared_as_stored"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="onetimelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("email__regex", "^[!-@\\[-~]*$")),
                name="an_invited_address_has_one_spelling",
            ),
        ),
    ]
