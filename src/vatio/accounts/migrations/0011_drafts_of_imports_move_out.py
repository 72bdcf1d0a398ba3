"""Lets go of the drafts of imports, which `portfolios` keeps: their table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_indexes_know_the_end"),
        ("portfolios", "0001_drafts_of_imports_move_in"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("ImportDraft")],
        ),
    ]
