from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_addresses_have_one_spelling"),
        ("accounts", "0002_triggers"),
        ("tenants", "0003_addresses_are_compared_as_stored"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact_email__regex", "^[!-@\\[-~]*$")),
                name="a_contact_has_one_spelling",
            ),
        ),
    ]
