from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_imports_are_drafted")]
    operations = [
        migrations.RemoveConstraint("account", "one_account_of_a_name"),
        migrations.AddConstraint(
            "account",
            models.UniqueConstraint(
                fields=("organisation", "name_folded"),
                include=("ends_at", "id"),
                name="one_account_of_a_name",
            ),
        ),
        migrations.RemoveIndex("account", "accounts_by_their_opening"),
        migrations.AddIndex(
            "account",
            models.Index(
                fields=["organisation", "opened_on", "id"],
                include=["ends_at"],
                name="accounts_by_their_opening",
            ),
        ),
        migrations.RemoveIndex("account", "accounts_by_their_client"),
        migrations.AddIndex(
            "account",
            models.Index(
                fields=["organisation", "client_folded", "id"],
                include=["ends_at"],
                name="accounts_by_their_client",
            ),
        ),
    ]
