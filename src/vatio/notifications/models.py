"""The outbox."""

from django.db import models

from vatio.tenants.addresses import STORED
from vatio.tenants.models import LANGUAGES, OfOrganisationSet, Organisation, Person


class Message(models.Model):
    """A message to one address, queued in the transaction that causes it.

    The outbox is the queue. The text is rendered when the message is sent, from
    `template` and the plain values in `context`. The state `handing over` is written
    before the message's text is sent: a message found in it later may or may not have
    arrived. A message with `only_leaders` is not sent to a person who has lost the role.
    A secret message's context, which holds a link, is blanked when it is settled, and
    its `send_before` goes by the wall clock, as its link does.

    A message about an account or one of its orders has `account_id` and `order_id`: it
    is exported and purged with the account. The migrations of `accounts` and `orders`
    add the foreign keys of both.
    """

    never_deleted = True

    class State(models.TextChoices):
        QUEUED = "queued"
        HANDING_OVER = "handing over"
        SENT = "sent"
        FAILED = "failed"
        TOO_LATE = "too late"
        UNCERTAIN = "uncertain"

    key = models.CharField(max_length=400)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    account_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    template = models.CharField(max_length=40)
    context = models.JSONField(default=dict)
    secret = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    send_before = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    only_leaders = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    repeated = models.BooleanField(default=False)
    last_error = models.TextField(blank=True, default="")

    objects = OfOrganisationSet["Message"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="messages_waiting",
                condition=models.Q(state="queued"),
            ),
            models.Index(
                fields=["claimed_at"],
                name="messages_leaving",
                condition=models.Q(state="handing over"),
            ),
            models.Index(
                fields=["settled_at"],
                name="messages_sent",
                condition=models.Q(state="sent"),
            ),
            models.Index(fields=["organisation", "-queued_at"], name="messages_of_organisation"),
            models.Index(
                fields=["account_id"],
                name="messages_of_an_account",
                condition=models.Q(account_id__isnull=False),
            ),
            models.Index(
                fields=["order_id"],
                name="messages_on_an_order",
                condition=models.Q(order_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_message_of_a_key"),
            models.CheckConstraint(
                condition=models.Q(send_before__gt=models.F("queued_at")),
                name="a_message_has_time_to_leave",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False)
                | models.Q(account_id__isnull=True, order_id__isnull=True),
                name="a_message_about_an_account_has_its_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(address__regex=STORED), name="a_recipient_has_one_spelling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.address}"
