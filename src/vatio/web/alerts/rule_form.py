"""The form of an alert: its kind, what it looks at, its thresholds, when, and whom it tells."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from vatio.accounts.models import Account
from vatio.alerts import things
from vatio.alerts.details import (
    LONGEST,
    LONGEST_TEXT,
    AlertDetails,
    AlertThing,
    RecipientDetails,
    WrongAlert,
    ensure_fits,
)
from vatio.alerts.foreseeing import ForeseenEpisodes, ensure_few_texts, foresee
from vatio.alerts.kinds import SUMS, AlertKind, Severity
from vatio.alerts.models import AlertRule
from vatio.alerts.texting import with_link
from vatio.alerts.things import WatchableThing
from vatio.alerts.wording import EpisodeUnit, unit_of
from vatio.notifications.sms_segments import measure, without_accents
from vatio.web.alerts import recipients, schedule_fields
from vatio.web.alerts.recipients import RecipientRow
from vatio.web.alerts.rule_fields import SignedDecimal, WatchedField
from vatio.web.metering.form_page import ThingForm
from vatio.web.shell.fields import DecimalNumber, NameField, WholeNumber

MOST, PLACES = 10**9, 6

CODE_LETTERS = 6
"""How many letters the code of an episode has in the link of a text, for its size."""

NO_SCHEDULE = frozenset((AlertKind.NIGHT, AlertKind.SILENCE))
"""Kinds that a weekly schedule says nothing to."""

HAS_WORSE = frozenset((AlertKind.ABOVE, AlertKind.BELOW, AlertKind.POWER, *SUMS))
"""Kinds that have a second threshold."""

NEEDED = frozenset(("kind", "thing", "threshold", "worse", "share", "minutes", "when"))
"""What has to be right for an alert to be tried; whom it tells and its name do not matter."""

TEXTS = "sure"
"""The name of the tick that lets an alert be saved that would have sent many text messages."""


class AlertForm(ThingForm):
    """An alert. Thresholds are in the unit in which people read what it looks at.

    Of a rule that is changed, its kind and what it looks at stand.
    """

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AlertKind.choices)
    thing = WatchedField(label=gettext_lazy("About what"))
    threshold = SignedDecimal(
        label=gettext_lazy("Threshold"), most=MOST, places=PLACES, required=False
    )
    worse = SignedDecimal(
        label=gettext_lazy("Grave from"), most=MOST, places=PLACES, required=False
    )
    share = DecimalNumber(
        label=gettext_lazy("Above the usual by (%)"), most=10_000, places=PLACES, required=False
    )
    minutes = WholeNumber(label=gettext_lazy("During (minutes)"), most=LONGEST, required=False)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), choices=Severity.choices, required=False
    )
    sms_text = forms.CharField(
        label=gettext_lazy("Text of the SMS"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        account: Account,
        initial: Mapping[str, Any],
        told: Mapping[int, tuple[bool, bool]],
        rule: AlertRule | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.account, self.rule = account, rule
        self.fields |= schedule_fields.fields()
        self.watchable = things.watchable(account)
        self.row: AlertThing | None = None
        watched = self.fields["thing"]
        assert isinstance(watched, WatchedField)
        watched.offer(self.watchable)
        if rule is not None:
            self.row = things.looked_at(rule)
            del self.fields["kind"], self.fields["thing"]
        self.people: list[RecipientRow] = recipients.rows_of(
            account, recipients.sent(data) if data is not None else told
        )

    @property
    def chosen_kind(self) -> str:
        """The kind that is chosen; that of the rule that is changed."""
        if self.rule is not None:
            return self.rule.kind
        return str(self["kind"].value() or AlertKind.ABOVE)

    @property
    def watched(self) -> WatchableThing | None:
        """What is looked at, once that is known."""
        if self.row is not None:
            key = things.key_of(self.row)
        elif self.is_bound:
            found: WatchableThing | None = getattr(self, "cleaned_data", {}).get("thing")
            return found
        else:
            key = str(self.initial.get("thing") or "")
        return next((each for each in self.watchable if each.key == key), None)

    @property
    def unit(self) -> EpisodeUnit | None:
        """The unit of the thresholds; None as long as it depends on what is not chosen."""
        thing = self.watched
        if thing is not None and thing.subject is not None:
            made = AlertRule(kind=self.chosen_kind)
            return unit_of(made, thing.subject.quantity, thing.subject.unit)
        known = {AlertKind.POWER: EpisodeUnit("%", 0.01), AlertKind.NIGHT: EpisodeUnit("kW", 1_000)}
        return known.get(AlertKind(self.chosen_kind)) if self._is_kind else None

    @property
    def _is_kind(self) -> bool:
        return self.chosen_kind in AlertKind.values

    def clean(self) -> dict[str, Any]:
        written = super().clean() or self.cleaned_data
        thing, kind = written.get("thing"), written.get("kind")
        if thing is not None and kind is not None:
            row = things.row_of(self.account, thing.key)
            try:
                if row is not None:
                    ensure_fits(row, kind)
                self.row = row
            except WrongAlert as wrong:
                self.add_error("thing", ValidationError(str(wrong)))
        written["schedule"] = ""
        if self.chosen_kind not in NO_SCHEDULE and not self._has_wrong_hours():
            try:
                written["schedule"] = schedule_fields.schedule_of(written, self.row)
            except ValidationError as error:
                if self.row is not None or written.get("when") == schedule_fields.CHOSEN:
                    self.add_error("when", error)
        return written

    def _has_wrong_hours(self) -> bool:
        """Return whether a day says what is no hours; of another way that does not matter."""
        wrong = [name for name in self.errors if name.startswith("day")]
        if self.cleaned_data.get("when") != schedule_fields.CHOSEN:
            for name in wrong:
                del self.errors[name]
            return False
        return bool(wrong)

    def details(self) -> AlertDetails:
        """Return what a form says whose numbers are valid, in base units."""
        written, kind = self.cleaned_data, self.chosen_kind
        return AlertDetails(
            name=written.get("name") or "–",
            threshold=None if kind == AlertKind.SILENCE else self._base(written.get("threshold")),
            worse=self._base(written.get("worse")) if kind in HAS_WORSE else None,
            share=_share(written.get("share")) if kind == AlertKind.NIGHT else None,
            minutes=written.get("minutes") or 0,
            schedule=written.get("schedule", ""),
            severity=written.get("severity") or Severity.NORMAL,
            sms_text=written.get("sms_text") or "",
        )

    @property
    def text_size(self) -> tuple[int, int]:
        """How many credits the text costs with its link, and how many without accents."""
        text = " ".join(str(self["sms_text"].value() or "").split())
        sent = with_link(text, "0" * CODE_LETTERS)
        plain = with_link(without_accents(text), "0" * CODE_LETTERS)
        return (measure(sent).segments, measure(plain).segments) if text else (0, 0)

    def _base(self, value: Decimal | None) -> float | None:
        unit = self.unit
        if value is None or unit is None:
            return None
        return float(value * Decimal(str(unit.factor)))

    def told(self) -> list[RecipientDetails]:
        """Return whom the alert tells."""
        return [each.details for each in self.people if each.is_told]

    @property
    def texted(self) -> int:
        """How many people it tells by SMS: nobody unless it is grave."""
        if self.details().severity != Severity.HIGH:
            return 0
        return sum(1 for each in self.people if each.by_sms)

    def foresee(self, *, at: datetime) -> ForeseenEpisodes | None:
        """Return what the alert would have found; None as long as what it looks for is not said."""
        wrong = NEEDED & set(self.errors)
        if wrong or self.row is None or not self.is_bound:
            return None
        try:
            return foresee(self.account, self.row, self.chosen_kind, self.details(), at=at)
        except WrongAlert:
            return None

    def ensure_few_texts(self, *, at: datetime) -> None:
        """Refuse an alert that would have sent many text messages, unless somebody is sure.

        :raises ManyTexts: saying how many, on which day.
        """
        people = self.texted
        foreseen = self.foresee(at=at) if people and TEXTS not in self.data else None
        if foreseen is not None:
            zone = self.account.time_zone
            ensure_few_texts(foreseen, people=people, time_zone=zone)


def _share(value: Decimal | None) -> float | None:
    return None if value is None else float(value / 100)


def of_rule(rule: AlertRule, unit: EpisodeUnit | None) -> dict[str, Any]:
    """Return what stands in the form of a rule."""
    return {
        "name": rule.name,
        "threshold": _shown(rule.threshold, unit),
        "worse": _shown(rule.worse, unit),
        "share": None if rule.share is None else _exact(rule.share) * 100,
        "minutes": rule.minutes or None,
        "severity": rule.severity,
        "sms_text": rule.sms_text,
        **schedule_fields.initial(rule.schedule, things.looked_at(rule)),
    }


def _shown(value: float | None, unit: EpisodeUnit | None) -> Decimal | None:
    if value is None or unit is None:
        return None
    return round(_exact(value) / Decimal(str(unit.factor)), PLACES)


def _exact(value: float) -> Decimal:
    return Decimal(repr(value))
