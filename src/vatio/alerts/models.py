"""Alert rules, whom they tell, and the episodes that they found."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import BelowAccountSet
from vatio.alerts.kinds import AlertKind, Severity
from vatio.alerts.moments import What
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    DataSource,
    OfAccount,
    RtcLine,
    Site,
    SupplyPoint,
)
from vatio.tenants.models import Person

THINGS = ("data_point", "calculated", "site", "supply_point", "source", "line")
"""The columns of which a rule has exactly one: what it looks at."""

ONE_THING = Q(removed_at__isnull=False)
"""A rule of a thing that was removed has none any more, and was removed with it."""
for _thing in THINGS:
    ONE_THING |= Q(**{f"{each}__isnull": each != _thing for each in THINGS})

SILENT_THINGS = Q(source__isnull=False) | Q(line__isnull=False) | Q(data_point__isnull=False)
CURVES = Q(source__isnull=True, line__isnull=True)


def _thing_of(model: type[models.Model], *, goes: bool = False) -> Any:
    """Return the column of a kind of thing; `goes` says whether such a thing can be removed."""
    return models.ForeignKey(
        model,
        null=True,
        on_delete=models.SET_NULL if goes else models.PROTECT,
        related_name="alert_rules",
        db_constraint=False,
    )


class AlertRuleSet(BelowAccountSet["AlertRule"]):
    """Rules of an account, narrowed to those that still look."""

    def standing(self) -> "AlertRuleSet":
        """Return the rules that were not removed."""
        return self.filter(removed_at__isnull=True)


class AlertRule(OfAccount):
    """What somebody wants to be told about a thing of an account.

    `threshold` and `worse` are in base units: mean W or states for above and below, sums for the
    sums, shares of the contracted power, and for the night base the power that it exceeds as well
    as the usual by `share`. `minutes` is the least duration, or for silence how long. `schedule`
    has a letter for each hour of the local week, from Monday on; empty for all of them. `sms_text`
    is what texts say when an episode opens; empty for the usual words.

    A rule looks at what was measured from `looks_from` on: since it was made, changed in what it
    looks for, or its account was renewed. While the account is expired it is asleep. `resolution`
    is that in which its episodes were found last, `due_at` when silence is looked at next.

    Nobody made the alert that a line has by itself: `made_by` is null.
    """

    HOURS: ClassVar[int] = 168

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=AlertKind.choices)
    data_point = _thing_of(DataPoint)
    calculated = _thing_of(CalculatedSeries, goes=True)
    site = _thing_of(Site, goes=True)
    supply_point = _thing_of(SupplyPoint)
    source = _thing_of(DataSource)
    line = _thing_of(RtcLine)
    threshold = models.FloatField(null=True)
    worse = models.FloatField(null=True)
    share = models.FloatField(null=True)
    minutes = models.PositiveIntegerField(default=0)
    schedule = models.CharField(max_length=168, blank=True, default="")
    sms_text = models.CharField(max_length=300, blank=True, default="")
    severity = models.CharField(max_length=6, choices=Severity.choices, default=Severity.NORMAL)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    muted_until = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    looks_from = models.DateTimeField()
    asleep = models.BooleanField(default=False)
    resolution = models.PositiveSmallIntegerField(null=True)
    due_at = models.DateTimeField(null=True)

    objects = AlertRuleSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="an_alert_with_its_account"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(made_by__isnull=True),
                name="one_alert_of_itself_of_a_line",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AlertKind.values), name="alert_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="alert_severity_is_known"
            ),
            models.CheckConstraint(condition=ONE_THING, name="an_alert_looks_at_one_thing"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False)
                | Q(kind=AlertKind.SILENCE) & SILENT_THINGS
                | ~Q(kind=AlertKind.SILENCE) & CURVES,
                name="sources_and_lines_are_silent_and_curves_are_not",
            ),
            models.CheckConstraint(
                condition=Q(threshold__isnull=False) | Q(kind=AlertKind.SILENCE),
                name="an_alert_has_a_threshold",
            ),
            models.CheckConstraint(
                condition=Q(schedule="") | Q(schedule__regex=r"^[01]{168}$"),
                name="a_schedule_has_168_hours",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^\S+( \S+)*$"), name="alert_name_is_trimmed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="silences_to_look_at",
                condition=Q(due_at__isnull=False, removed_at__isnull=True, asleep=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_muted(self, at: datetime) -> bool:
        """Return whether nobody is told, at a moment, of what the rule finds."""
        return self.muted_until is not None and self.muted_until > at


class AlertRecipient(OfAccount):
    """A person of the account whom a rule tells, by mail, by SMS, or on the page alone."""

    rule = models.ForeignKey(
        AlertRule, on_delete=models.PROTECT, related_name="recipients", db_constraint=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)

    objects = BelowAccountSet["AlertRecipient"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "person"], name="a_person_once_in_an_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} → {self.person_id}"


class AlertEpisode(OfAccount):
    """A stretch of time in which a rule was broken, from `begins` up to, not including, `ends`.

    It is open while `ends` is null. `noticed_at` is when it was found; `last_at` the end of the
    last interval that broke the rule. Those of data that came `late` (over 48 hours after their
    interval) are told to nobody, and those that opened while the rule was `muted` only if they go
    on when it speaks again. One that was told and that
    better data have undone stays, `withdrawn`. What was told is told once: the three moments; but
    each time that it goes on after its end was told, `reopened` grows, and its end is told anew.
    It was `told_together` with others the last time.
    """

    rule = models.ForeignKey(
        AlertRule, on_delete=models.PROTECT, related_name="episodes", db_constraint=False
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    worst = models.FloatField(null=True)
    worst_at = models.DateTimeField(null=True)
    worsened_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    muted = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)
    told_opened_at = models.DateTimeField(null=True)
    told_worsened_at = models.DateTimeField(null=True)
    told_closed_at = models.DateTimeField(null=True)
    told_together = models.BooleanField(default=False)
    reopened = models.PositiveSmallIntegerField(default=0)
    acknowledged_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)

    objects = BelowAccountSet["AlertEpisode"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="an_episode_with_its_account"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(ends__isnull=True), name="one_open_episode_of_an_alert"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")),
                name="an_episode_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(ends__isnull=False, told_opened_at__isnull=False),
                name="only_told_episodes_are_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_by__isnull=False),
                name="who_acknowledged_an_episode_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "begins"], name="episodes_of_an_alert"),
            models.Index(fields=["account", "-begins"], name="episodes_of_an_account"),
            models.Index(
                fields=["account"],
                name="open_episodes_of_an_account",
                condition=Q(ends__isnull=True),
            ),
            models.Index(
                fields=["account"],
                name="episodes_to_tell",
                condition=Q(told_opened_at__isnull=True, late=False, muted=False, withdrawn=False)
                | Q(
                    told_opened_at__isnull=False,
                    told_closed_at__isnull=True,
                    ends__isnull=False,
                )
                | Q(
                    told_opened_at__isnull=False,
                    told_worsened_at__isnull=True,
                    worsened_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: [{self.begins}, {self.ends})"

    @property
    def is_open(self) -> bool:
        """Whether the rule is still broken."""
        return self.ends is None


class AlertHeld(OfAccount):
    """An episode of which a person is not told before their quiet hours are over.

    By mail they are told as they chose of alerts, unless it is `instead` of a text that was lost.
    """

    episode = models.ForeignKey(
        AlertEpisode, on_delete=models.PROTECT, related_name="held", db_constraint=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)
    instead = models.BooleanField(default=False)
    since = models.DateTimeField()

    objects = BelowAccountSet["AlertHeld"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "episode"], name="an_episode_is_held_once_for_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} → {self.person_id}"


class AlertTold(OfAccount):
    """Who was told what of an episode, by which channel, and what became of it.

    `fate` is empty where a message was queued, which has `message_key`; else it says why no text
    was: see `accounts.texting.Fate`. Nothing is queued for the page alone. `reopened` is how often
    the episode had gone on by then after its end was told.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        SMS = "sms", _("SMS")
        PAGE = "page", _("On the page")

    episode = models.ForeignKey(
        AlertEpisode, on_delete=models.PROTECT, related_name="told", db_constraint=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=[(each.value, each.value) for each in What])
    channel = models.CharField(max_length=4, choices=Channel.choices)
    fate = models.CharField(max_length=12, blank=True, default="")
    message_key = models.CharField(max_length=400, blank=True, default="")
    reopened = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    objects = BelowAccountSet["AlertTold"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "person", "what", "channel", "reopened"],
                name="a_moment_is_told_a_person_once_by_a_channel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], name="episodes_told_by_text", condition=Q(channel="sms", fate="")
            ),
            models.Index(fields=["account", "at"], name="what_an_account_was_told"),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} → {self.person_id}: {self.what}, {self.channel}"
