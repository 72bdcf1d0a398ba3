"""How RTC lines are reached, and the calls that were made."""

from datetime import time, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import BelowAccountSet
from vatio.collection.outcomes import CallOutcome
from vatio.collection.reaching.addresses import LEAST_PORT, MOST_PORT
from vatio.collection.sealing import SEALED
from vatio.metering.models import OfAccount, RtcLine
from vatio.tenants.models import Person

MOST_ADDRESS = 65535
"""The greatest link address and measuring point: both have two bytes (IEC 60870-5-102)."""

LONGEST_NIGHT = timedelta(hours=10)
"""A night is no longer: between two of them a line is left alone."""

NIGHT_FROM, NIGHT_UNTIL = time(0, 30), time(6, 0)
"""The part of the night in which a line is called unless said, in the line's time zone."""


class LineSettings(OfAccount):
    """How the meter of an RTC line is reached, and when: from `night_from` up to `night_until`.

    Both are of the clock of the meter's time zone; a night may go over midnight. A line by IP has
    a host (a name as DNS knows it, or a numeric address) and a port, a line by modem a telephone
    in E.164 and the name of one of `COLLECT_MODEMS`. `sealed_key` is the access key of the meter
    as `sealing` seals it. `hours_until` and `quarters_until` say up to which day of the line's
    zone, not including it, both curves were read; null before the first good reading.
    """

    class Transport(models.TextChoices):
        IP = "ip", "IP"
        MODEM = "modem", _("Modem")

    line = models.OneToOneField(
        RtcLine, on_delete=models.PROTECT, related_name="settings", db_constraint=False
    )
    transport = models.CharField(max_length=5, choices=Transport.choices)
    host = models.CharField(max_length=253, blank=True, default="")
    port = models.IntegerField(null=True)
    telephone = models.CharField(max_length=16, blank=True, default="")
    modem = models.CharField(max_length=60, blank=True, default="")
    night_from = models.TimeField(default=NIGHT_FROM)
    night_until = models.TimeField(default=NIGHT_UNTIL)
    link_address = models.IntegerField()
    measuring_point = models.IntegerField()
    sealed_key = models.BinaryField()
    changed_at = models.DateTimeField()
    hours_until = models.DateField(null=True)
    quarters_until = models.DateField(null=True)

    objects = BelowAccountSet["LineSettings"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(transport="ip", telephone="", modem="")
                    & ~Q(host="")
                    & Q(port__isnull=False, port__gte=LEAST_PORT, port__lte=MOST_PORT)
                )
                | (
                    Q(transport="modem", host="", port__isnull=True)
                    & ~Q(telephone="")
                    & ~Q(modem="")
                ),
                name="a_line_has_what_its_transport_needs",
            ),
            models.CheckConstraint(
                condition=Q(link_address__range=(0, MOST_ADDRESS))
                & Q(measuring_point__range=(0, MOST_ADDRESS)),
                name="addresses_of_a_meter_have_two_bytes",
            ),
            models.CheckConstraint(
                condition=~Q(night_from=F("night_until")), name="a_night_has_a_length"
            ),
            models.CheckConstraint(
                condition=Exact(Length("sealed_key"), SEALED), name="the_key_of_a_line_is_sealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.transport}"

    @property
    def endpoint(self) -> str:
        """What is called, one session at a time: HOST:PORT, or the number."""
        if self.transport == self.Transport.MODEM:
            return self.telephone
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class CallAttemptSet(BelowAccountSet["CallAttempt"]):
    """Calls, narrowed to those that have not ended."""

    def open(self) -> Self:
        """Return the calls that wait or run."""
        return self.filter(ended_at=None)

    def waiting(self) -> Self:
        """Return the calls that were asked for and that no collector has taken up."""
        return self.open().filter(started_at=None)

    def running(self) -> Self:
        """Return the calls that are being made."""
        return self.open().filter(started_at__isnull=False)


class CallAttempt(OfAccount):
    """A call of a line: when, how it ended, and what came.

    A call at night has no `asked_at`. One that somebody asked for has: `asked_by` is who pressed
    «Llamar ahora», null for a command; `started_at` is null until the collector takes it up, and
    `seen_at` is when a collector last found that its modem or its meter is in use. It waits or
    runs while `ended_at` is null and `outcome` empty. `modem` is the one that it was made by,
    empty by IP; `days` is how many days it is to read, 0 before the meter answered, and
    `days_read` how many of them are stored.

    `hours` and `quarters` are the values of both curves that came, for the days from `first_on`
    to `last_on`, both included; `missing` the intervals of those days that the meter did not
    have; `new` and `corrected` what they changed here. `drift` is how many seconds the meter's
    clock is ahead of ours, negative if behind.
    """

    line = models.ForeignKey(
        RtcLine, on_delete=models.PROTECT, related_name="attempts", db_constraint=False
    )
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    modem = models.CharField(max_length=60, blank=True, default="")
    outcome = models.CharField(max_length=14, blank=True, default="", choices=CallOutcome.choices)
    bytes_sent = models.BigIntegerField(default=0)
    bytes_received = models.BigIntegerField(default=0)
    days = models.IntegerField(default=0)
    days_read = models.IntegerField(default=0)
    hours = models.IntegerField(default=0)
    quarters = models.IntegerField(default=0)
    missing = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    corrected = models.IntegerField(default=0)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    drift = models.IntegerField(null=True)

    objects = CallAttemptSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["", *CallOutcome.values]),
                name="the_end_of_a_call_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | (
                    (Q(ended_at__gte=F("started_at")) | Q(started_at__isnull=True))
                    & Q(ended_at__isnull=False)
                    & ~Q(outcome="")
                ),
                name="a_call_ends_after_it_begins_and_says_how",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=False) | Q(asked_at__isnull=False),
                name="a_call_that_waits_was_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True, last_on__isnull=True)
                | Q(first_on__lte=F("last_on")),
                name="the_days_of_a_call_go_forward",
            ),
            models.CheckConstraint(
                condition=Q(bytes_sent__gte=0, bytes_received__gte=0),
                name="the_bytes_of_a_call_are_counted",
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(ended_at__isnull=True),
                name="one_call_of_a_line_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "-id"], name="calls_of_a_line"),
            models.Index(
                fields=["line", "started_at"],
                condition=Q(asked_at__isnull=True),
                name="calls_of_the_nights_of_a_line",
            ),
            models.Index(fields=["account", "-id"], name="calls_of_an_account"),
            models.Index(
                fields=["asked_at"],
                condition=Q(started_at__isnull=True, ended_at__isnull=True),
                name="calls_that_wait",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}, {self.started_at}: {self.outcome}"

    @property
    def is_waiting(self) -> bool:
        """Whether it was asked for, and no collector has taken it up."""
        return self.started_at is None and self.ended_at is None

    @property
    def is_running(self) -> bool:
        """Whether the line is being called."""
        return self.started_at is not None and self.ended_at is None
