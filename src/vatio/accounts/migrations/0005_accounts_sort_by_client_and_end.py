from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_accounts_say_who_leaves")]
    operations = [
        migrations.AddField(
            "account",
            "client_folded",
            models.GeneratedField(
                db_persist=True,
                expression=vatio.tenants.folding.Fold("client"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            "account",
            models.Index(
                fields=["organisation", "client_folded", "id"], name="accounts_by_their_client"
            ),
        ),
        migrations.AddIndex(
            "account",
            models.Index(fields=["ends_at", "id"], name="accounts_of_all_by_their_end"),
        ),
    ]
