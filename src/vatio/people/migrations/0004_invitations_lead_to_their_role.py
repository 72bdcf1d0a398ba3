from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("people", "0003_older_invitations_are_to_organisations")]
    operations = [
        migrations.AddConstraint(
            "entrance",
            models.UniqueConstraint(
                fields=("organisation", "account_id", "email"),
                name="one_living_invitation_of_an_address",
                condition=Q(kind="invitation", used_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "entrance",
            models.CheckConstraint(
                name="an_entrance_leads_where_its_kind_says",
                condition=Q(
                    kind="first",
                    role="",
                    organisation__isnull=True,
                    account_id__isnull=True,
                    email="",
                )
                | (
                    Q(
                        kind="invitation",
                        role="commercial",
                        organisation__isnull=True,
                        account_id__isnull=True,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(
                        kind="invitation",
                        role="superadministrator",
                        organisation__isnull=False,
                        account_id__isnull=True,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(
                        kind="invitation",
                        role__in=["administrator", "viewer"],
                        organisation__isnull=False,
                        account_id__isnull=False,
                    )
                    & ~Q(email="")
                )
                | (
                    Q(kind="reset", role="", organisation__isnull=True, account_id__isnull=True)
                    & ~Q(email="")
                ),
            ),
        ),
    ]
