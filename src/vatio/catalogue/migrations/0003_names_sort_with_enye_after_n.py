from django.db import migrations, models

import vatio.tenants.folding


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_triggers"),
        ("tenants", "0004_names_sort_with_enye_after_n"),
    ]

    operations = [
        migrations.AddField(
            model_name="licence",
            name="name_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=vatio.tenants.folding.SortKey("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
    ]
