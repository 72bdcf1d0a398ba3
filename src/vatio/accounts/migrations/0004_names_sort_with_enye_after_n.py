from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_addresses_are_compared_as_stored"),
        ("tenants", "0004_names_sort_with_enye_after_n"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="account",
            name="accounts_by_their_client",
        ),
        migrations.AddField(
            model_name="account",
            name="client_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=vatio.tenants.folding.SortKey("client"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="name_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=vatio.tenants.folding.SortKey("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["organisation", "name_sorted", "id"],
                include=("ends_at",),
                name="accounts_by_their_name",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["organisation", "client_sorted", "id"],
                include=("ends_at",),
                name="accounts_by_their_client",
            ),
        ),
    ]
