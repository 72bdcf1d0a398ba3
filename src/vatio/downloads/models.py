"""Files that the worker writes, and their content in parts."""

import uuid

from django.db import models
from django.db.models import Q

from vatio.accounts.models import Account
from vatio.tenants.models import Organisation, Person


class DownloadSet(models.QuerySet["Download"]):
    """Downloads, narrowed to those that a person may see."""

    def visible_to(self, person: Person) -> "DownloadSet":
        """Return what a person asked for and may still see.

        A list of every organisation, and the export of an account, are for the commercial
        department; a list of one organisation is for whoever sees the organisation.
        """
        own = self.filter(asked_by=person)
        seen = Q(
            kind=Download.Kind.ACCOUNTS, organisation__in=Organisation.objects.visible_to(person)
        )
        return own if person.is_active and person.is_commercial else own.filter(seen)


class Download(models.Model):
    """A file that a person asked for: its progress, its outcome, and until when it is kept.

    `done` is written outside the writer's transaction, so that progress is visible at once. The
    parts are there if and only if the state is DONE. `key` is the same for the same request, so
    that pressing twice makes one file.
    """

    class Kind(models.TextChoices):
        ACCOUNTS = "accounts"
        ACCOUNT = "account"

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    what = models.JSONField(default=dict)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    rows = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    words = models.TextField(blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    kept_until = models.DateTimeField(null=True, db_index=True)

    objects = DownloadSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "key"],
                name="one_waiting_download_of_a_request",
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", kept_until__isnull=True)
                | (Q(state__in=["done", "refused"]) & Q(kept_until__isnull=False)),
                name="a_download_is_kept_once_it_is_over",
            ),
            models.CheckConstraint(
                condition=Q(kind="account", account__isnull=False, organisation__isnull=False)
                | Q(kind="accounts", account__isnull=True),
                name="a_download_is_of_an_account_or_of_a_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"


class DownloadPart(models.Model):
    """A part of a file's content; the parts in the order of their numbers are the file."""

    download = models.ForeignKey(Download, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["download", "number"], name="one_part_of_a_number_in_a_download"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.download_id}/{self.number}"
