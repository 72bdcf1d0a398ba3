"""The outbox."""

from django.db import models
from django.db.models import Q

from vatio.tenants.addresses import STORED
from vatio.tenants.models import LANGUAGES, OfOrganisationSet, Organisation, Person

E_164 = r"^\+[1-9][0-9]{5,14}$"
"""How a telephone number is stored (ITU-T E.164): a plus sign and up to 15 digits."""


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

    A message of the channel `sms` goes to a telephone number, and its text stands in `context`
    from the start: it was paid for by its length. It is sent at most once, whatever happens.
    `gateway_id` is what the SMS gateway calls it, and `receipt` what the gateway reported later.
    """

    never_deleted = True

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    class Receipt(models.TextChoices):
        DELIVERED = "delivered"
        UNDELIVERED = "undelivered"

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
    channel = models.CharField(
        max_length=5, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL
    )
    address = models.CharField(max_length=254)
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
    gateway_id = models.CharField(max_length=100, blank=True, default="", db_default="")
    receipt = models.CharField(
        max_length=11, choices=Receipt.choices, blank=True, default="", db_default=""
    )
    receipt_at = models.DateTimeField(null=True)

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
                fields=["address", "queued_at"],
                name="texts_to_a_number",
                condition=Q(channel="sms"),
            ),
            models.Index(
                fields=["person", "queued_at"],
                name="texts_to_a_person",
                condition=Q(channel="sms"),
            ),
            models.Index(
                fields=["account_id", "queued_at"],
                name="texts_of_an_account",
                condition=Q(channel="sms"),
            ),
            models.Index(
                fields=["gateway_id"],
                name="texts_by_their_gateway_id",
                condition=~Q(gateway_id=""),
            ),
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
                condition=Q(channel="email", address__regex=STORED)
                | Q(channel="sms", address__regex=E_164),
                name="a_recipient_has_one_spelling",
            ),
            models.CheckConstraint(
                condition=Q(channel="email", gateway_id="", receipt="") | Q(channel="sms"),
                name="only_texts_have_a_gateway",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.address}"
