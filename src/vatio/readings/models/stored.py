"""What is stored of readings: days of values, what changed them, and who brought them.

No table here has a foreign key or a trigger, and `account_id` comes first in every key, so that
the tables can be distributed by account over several servers. What would dangle is listed by
`vatio check`.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class KeyedByAccount(models.Model):
    """A row of an account; the account's key is the first part of the row's own."""

    account_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Day(KeyedByAccount):
    """The values of a series on one local day, one for each slot; null is a gap.

    Values are in base units. `quality` is the commonest one of the day (see `ranks`), `qualities`
    has two bytes for each slot, the low one first, where they differ. `total`, `least`, `most`
    and `present` leave out gaps and what is invalid. The first value came at `first_at`;
    `delivery_id` changed the day last, and filled the slots `filled`, all of them where that is
    null. `version` is the newest version of a billing file in the day.
    """

    pk = models.CompositePrimaryKey("account_id", "series_id", "day")
    series_id = models.BigIntegerField()
    day = models.DateField()
    present = models.SmallIntegerField()
    quality = models.SmallIntegerField()
    rank = models.SmallIntegerField()
    delivery_id = models.BigIntegerField()
    first_at = models.DateTimeField()
    total = models.FloatField()
    least = models.FloatField(null=True)
    most = models.FloatField(null=True)
    version = models.BigIntegerField(null=True)
    values = ArrayField(models.FloatField(null=True))
    qualities = models.BinaryField(null=True)
    filled = ArrayField(models.SmallIntegerField(), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(present__gte=0), name="slots_present_are_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.day}"


class MonthTotals(KeyedByAccount):
    """The totals, presents and highest values of the days of a month: copies of those of `Day`.

    Element k is day k of the month; a day without readings is null. `total` and `present` are the
    sums of the month, beside the arrays for whoever asks for the months of many series.
    """

    pk = models.CompositePrimaryKey("account_id", "series_id", "month")
    series_id = models.BigIntegerField()
    month = models.DateField()
    totals = ArrayField(models.FloatField(null=True))
    presents = ArrayField(models.SmallIntegerField(null=True))
    highest = ArrayField(models.FloatField(null=True))
    total = models.FloatField(db_default=0.0)
    present = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["account_id", "month"],
                include=["series_id", "total", "present"],
                name="months_of_an_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.month:%Y-%m}"


class State(KeyedByAccount):
    """Where a series stands; locked, in the order of series, before anything is merged into one.

    `last_at` is the instant at which the last slot with a value begins, `last_value` its value;
    `register_at` and `register` the last good register, which another follows without more ado
    while `is_clear`.
    """

    pk = models.CompositePrimaryKey("account_id", "series_id")
    series_id = models.BigIntegerField()
    first_on = models.DateField(null=True)
    last_at = models.DateTimeField(null=True)
    last_value = models.FloatField(null=True)
    last_arrival = models.DateTimeField(null=True)
    register_at = models.DateTimeField(null=True)
    register = models.FloatField(null=True)
    is_clear = models.BooleanField(default=False)
    digits = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.series_id)


class Revision(KeyedByAccount):
    """What a change of a day replaced: by slot, the value (null: a gap) and its quality.

    `delivery_before` and `filled_before` are those of the day before the change, so that the
    delivery that made the change can be taken back.
    """

    append_only = True

    pk = models.CompositePrimaryKey("account_id", "series_id", "day", "id")
    id = models.BigIntegerField()
    series_id = models.BigIntegerField()
    day = models.DateField()
    replaced_at = models.DateTimeField()
    delivery_id = models.BigIntegerField()
    delivery_before = models.BigIntegerField()
    filled_before = ArrayField(models.SmallIntegerField(), null=True)
    version_before = models.BigIntegerField(null=True)
    slots = ArrayField(models.SmallIntegerField())
    values = ArrayField(models.FloatField(null=True))
    qualities = ArrayField(models.SmallIntegerField())

    def __str__(self) -> str:
        return f"{self.series_id}: {self.day} at {self.replaced_at}"


class RegisterReading(KeyedByAccount):
    """A register at an instant that is no slot's; of several at one instant the last row stands."""

    append_only = True

    pk = models.CompositePrimaryKey("account_id", "series_id", "at", "id")
    id = models.BigIntegerField()
    series_id = models.BigIntegerField()
    at = models.DateTimeField()
    value = models.FloatField(null=True)
    quality = models.SmallIntegerField()
    arrived_at = models.DateTimeField()
    delivery_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.series_id}: {self.at}"


class RegisterFinding(KeyedByAccount):
    """What was found of a register that does not simply follow the one before.

    It is held (a dip, or not decided yet), or begins another meter. A person can say that there
    was no other meter: `undone_at` then keeps the registers below from beginning one.
    """

    class Kind(models.TextChoices):
        HELD = "held"
        CHANGE = "change"

    pk = models.CompositePrimaryKey("account_id", "series_id", "at")
    series_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["held", "change"]), name="a_finding_is_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.kind} at {self.at}"


class Delivery(KeyedByAccount):
    """What came at once: a file, or what a source inserted within an hour.

    What comes in the hour after its delivery was taken back is of another one.
    `refusals` counts by code, and lists the first rows that were refused. The series that a file
    touched are kept with it; an insertion touches those of its source. `kept` lists what somebody
    had changed since, and was left, when the delivery was taken back: series, day and slot.
    """

    LISTED: ClassVar[int] = 1_000

    pk = models.CompositePrimaryKey("account_id", "id")
    id = models.BigIntegerField()
    source_id = models.BigIntegerField(null=True)
    origin = models.SmallIntegerField()
    hour = models.DateTimeField(null=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    file_name = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    new = models.BigIntegerField(default=0)
    same = models.BigIntegerField(default=0)
    corrected = models.BigIntegerField(default=0)
    outranked = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    refusals = models.JSONField(default=dict)
    series_ids = ArrayField(models.BigIntegerField(), default=list)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by_id = models.BigIntegerField(null=True)
    kept = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "source_id", "hour"],
                condition=Q(hour__isnull=False, taken_back_at__isnull=True),
                name="one_delivery_of_a_source_an_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "begun_at"], name="deliveries_in_time"),
        ]

    def __str__(self) -> str:
        return self.file_name or f"{self.source_id}: {self.hour}"


class KeptFile(KeyedByAccount):
    """A file that brought readings, and its bytes until they are forgotten."""

    MOST_BYTES: ClassVar[int] = 10 * 1024 * 1024
    DAYS: ClassVar[int] = 90

    pk = models.CompositePrimaryKey("account_id", "sha256")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    kept_at = models.DateTimeField()
    size = models.IntegerField()
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=0, size__lte=10 * 1024 * 1024), name="a_kept_file_is_small"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Touched(KeyedByAccount):
    """The instants between which a series changed, for whoever follows: months, and alerts.

    From `begins_at` up to, not including, `ends_at`. The first of what changed it arrived at
    `arrived_at`; null is when it is followed. Whoever follows deletes the row.
    """

    pk = models.CompositePrimaryKey("account_id", "series_id")
    series_id = models.BigIntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.series_id}: {self.begins_at} to {self.ends_at}"


class PendingQuantity(KeyedByAccount):
    """A quantity of a device that a source sent and nobody accepted yet, or that was rejected."""

    pk = models.CompositePrimaryKey("account_id", "source_id", "did", "quantity")
    source_id = models.BigIntegerField()
    did = models.CharField(max_length=120)
    quantity = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    readings = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField(default=0)
    last_value = models.FloatField(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(did=""), name="a_pending_device_has_an_id"),
        ]

    def __str__(self) -> str:
        return f"{self.did}: {self.quantity}"


class PendingReading(KeyedByAccount):
    """A reading of a pending quantity, as it came; the oldest of a source are dropped."""

    MOST: ClassVar[int] = 50_000

    pk = models.CompositePrimaryKey("account_id", "source_id", "id")
    id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    did = models.CharField(max_length=120)
    quantity = models.IntegerField()
    at = models.DateTimeField()
    value = models.FloatField()
    arrived_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.did}: {self.quantity} at {self.at}"
