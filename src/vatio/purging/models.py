"""Exports of accounts, and requests to delete accounts permanently."""

from django.db import models
from django.db.models import Q

from vatio.accounts.models import Account, BelowAccountSet
from vatio.tenants.models import OfOrganisationSet, Organisation, Person


class Export(models.Model):
    """The record that somebody exported an account.

    `digest` is that of the exported contents: an account whose digest differs now has changed
    since. An export is deleted with its account.
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


class PurgeSet(OfOrganisationSet["Purge"]):
    """Purges, narrowed to those that a person may see and to those that wait."""

    def waiting(self) -> "PurgeSet":
        """Return the purges that the worker has neither done nor refused."""
        return self.filter(done_at__isnull=True, refused_at__isnull=True)


class Purge(models.Model):
    """A request to delete an account permanently, and its outcome.

    The pages insert a purge; only the worker settles it. Once the account is deleted, `account`
    is null, and `account_uid` and `account_name` identify which account it was.
    """

    append_only = True

    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="purges", db_constraint=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    account_uid = models.UUIDField(db_index=True)
    account_name = models.CharField(max_length=120)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    done_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True, default="")

    objects = PurgeSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                name="one_waiting_purge_of_an_account",
                condition=Q(done_at__isnull=True, refused_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_purge_says_why"),
            models.CheckConstraint(
                condition=Q(
                    account__isnull=False, done_at__isnull=True, refused_at__isnull=True, refusal=""
                )
                | Q(account__isnull=True, done_at__isnull=False, refused_at__isnull=True)
                | (Q(done_at__isnull=True, refused_at__isnull=False) & ~Q(refusal="")),
                name="a_purge_waits_is_done_or_refused",
            ),
        ]

    def __str__(self) -> str:
        return self.account_name

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has neither done nor refused the purge."""
        return self.done_at is None and self.refused_at is None
