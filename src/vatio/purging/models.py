"""Which accounts were exported, by whom, when and as they were."""

from django.db import models

from vatio.accounts.models import Account, BelowAccountSet
from vatio.tenants.models import Organisation, Person


class Export(models.Model):
    """That somebody took all that an account has away with them.

    Its digest is that of what was in it: an account that has another by now has
    changed since. It goes with its account.
    """

    append_only = True

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="exports", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = BelowAccountSet["Export"].as_manager()

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at:%Y-%m-%d %H:%M}"
