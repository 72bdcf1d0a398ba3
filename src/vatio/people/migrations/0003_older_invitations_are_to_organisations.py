"""Says of the invitations so far what they were: to lead an organisation."""

from django.db import migrations

NAME = "UPDATE people_entrance SET role = 'superadministrator' WHERE kind = 'invitation'"
UNNAME = "UPDATE people_entrance SET role = ''"


class Migration(migrations.Migration):
    dependencies = [("people", "0002_invitations_name_a_role")]
    operations = [migrations.RunSQL(NAME, UNNAME)]
