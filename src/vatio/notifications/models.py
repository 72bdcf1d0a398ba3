"""The outbox."""

from django.db import models
from django.db.models import Q

from vatio.notifications.news import HowTold, NewsKind
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

    A message that is news to its person (`news`) is a notice too, until `read_at` unread. Some
    are notices only, and never leave (HERE); others wait until they are told in a digest
    (GATHERED, then TOLD). A digest of which nothing is left to tell is not sent (EMPTY).
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
        HERE = "here"
        GATHERED = "gathered"
        TOLD = "told"
        EMPTY = "empty"

    key = models.CharField(max_length=400)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    account_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
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
    news = models.CharField(
        max_length=9, choices=NewsKind.choices, blank=True, default="", db_default=""
    )
    read_at = models.DateTimeField(null=True)

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
            models.Index(
                fields=["person", "-queued_at", "-id"],
                name="messages_to_a_person",
            ),
            models.Index(
                fields=["person"],
                include=["organisation", "account_id"],
                name="unread_notices_of_a_person",
                condition=Q(read_at__isnull=True) & ~Q(news=""),
            ),
            models.Index(
                fields=["person", "queued_at"],
                name="messages_for_a_digest",
                condition=Q(state="gathered"),
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
            models.CheckConstraint(
                condition=Q(news="") | Q(channel="email", person__isnull=False, secret=False),
                name="news_is_a_persons_and_no_secret",
            ),
            models.CheckConstraint(
                condition=~Q(news="") | ~Q(state__in=["here", "gathered", "told"]),
                name="only_news_is_kept_for_the_page_or_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.address}"


class NewsChoiceSet(models.QuerySet["NewsChoice"]):
    """Choices of how news is told, narrowed to a person's own."""

    def visible_to(self, person: Person) -> "NewsChoiceSet":
        """Return this person's own."""
        return self.filter(person=person)


class NewsChoice(models.Model):
    """How a person is told of a kind of news; the kind is empty for all that they say nothing of.

    Without a row news is told at once, and the end of long work on the page alone.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="news_choices", db_index=False
    )
    kind = models.CharField(max_length=9, choices=NewsKind.choices, blank=True)
    how = models.CharField(max_length=7, choices=HowTold.choices)

    objects = NewsChoiceSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_choice_of_a_kind_of_news"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} {self.how}"
