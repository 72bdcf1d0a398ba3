from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_addresses_have_one_spelling"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_address__regex", "^[!-@\\[-~]*$")),
                name="a_notice_address_has_one_spelling",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("email__regex", "^[!-@\\[-~]*$")),
                name="a_person_has_one_spelling_of_their_address",
            ),
        ),
    ]
