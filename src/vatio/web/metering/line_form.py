"""The form of an RTC line: its supply point and meter, and how that is called."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vatio.accounts.models import Account
from vatio.collection.describing import LineDetails
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import MOST_ADDRESS, NIGHT_FROM, NIGHT_UNTIL, LineSettings
from vatio.collection.reaching.modems import modems
from vatio.collection.sealing import NotAKey, read_key
from vatio.metering.models import Meter, SupplyPoint
from vatio.people.telephones import spelled
from vatio.web.metering.choosing import ThingField, meters_of, supply_points_of
from vatio.web.metering.form_page import ThingForm
from vatio.web.shell.fields import WholeNumber

REACHED = ("host", "port", "telephone", "modem", "link_address", "measuring_point", "key")
"""Without any of these it is not said yet how a line is called."""


class HourField(forms.TimeField):
    """A time of the day, to the minute."""

    def prepare_value(self, value: object) -> object:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class CalledForm(ThingForm):
    """How the meter of a line is called; its key is written, and never shown."""

    transport = forms.ChoiceField(
        label=gettext_lazy("Transport"), choices=LineSettings.Transport.choices
    )
    host = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=253,
        required=False,
        help_text=gettext_lazy("A name or an IP address, without http://."),
    )
    port = WholeNumber(label=gettext_lazy("Port"), required=False, most=10**9)
    telephone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    modem = forms.ChoiceField(label=gettext_lazy("Modem"), required=False)
    night_from = HourField(label=gettext_lazy("From (time)"), initial=NIGHT_FROM)
    night_until = HourField(label=gettext_lazy("Until (time)"), initial=NIGHT_UNTIL)
    link_address = WholeNumber(
        label=gettext_lazy("Link address"), most=MOST_ADDRESS, required=False
    )
    measuring_point = WholeNumber(
        label=gettext_lazy("Address of the measuring point"), most=MOST_ADDRESS, required=False
    )
    key = forms.CharField(
        label=gettext_lazy("Access key"),
        max_length=20,
        required=False,
        widget=forms.PasswordInput,
        help_text=gettext_lazy("The number that the distributor gives; it is not shown again."),
    )
    groups: Sequence[tuple[Promise | str, Sequence[str]]] = (
        (gettext_lazy("How it is called"), ["transport"]),
        (gettext_lazy("By IP"), ["host", "port"]),
        (gettext_lazy("By modem"), ["telephone", "modem"]),
        (gettext_lazy("At night"), ["night_from", "night_until"]),
        (gettext_lazy("The meter"), ["link_address", "measuring_point", "key"]),
    )

    def __init__(self, *args: Any, settings: LineSettings | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**_known(settings), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.has_key = settings is not None
        names = dict.fromkeys([*modems(), *([settings.modem] if settings else [])])
        modem = self.fields["modem"]
        modem.choices = [("", "–"), *((name, name) for name in names if name)]  # type: ignore[attr-defined]
        if not modems():
            modem.help_text = gettext_lazy("The operator has named no modem here.")
        if self.has_key:
            self.fields["key"].help_text = gettext_lazy(
                "Stored: left empty, it stays, unless another address is called."
            )

    def clean_key(self) -> MeterKey | None:
        text = self.cleaned_data["key"]
        try:
            return read_key(text) if text else None
        except NotAKey as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean(self) -> dict[str, Any]:
        written = super().clean() or {}
        if self.must_be_said(written):
            for name in ("link_address", "measuring_point"):
                if written.get(name) is None and name not in self.errors:
                    required = self.fields[name].error_messages["required"]
                    self.add_error(name, required)
        return written

    def must_be_said(self, _written: Mapping[str, Any]) -> bool:
        """Return whether it has to be said how the meter is called."""
        return True

    def details(self) -> LineDetails:
        """Return the cleaned values as the rule takes them, those of the transport alone."""
        written = {name: self.cleaned_data[name] for name in CalledForm.base_fields}
        unused = ("telephone", "modem") if written["transport"] == "ip" else ("host",)
        written |= dict.fromkeys(unused, "")
        return LineDetails(**written)


class LineForm(CalledForm):
    """A supply point, its meter, and how that is called; this may be said later."""

    supply_point = ThingField[SupplyPoint](
        label=gettext_lazy("Supply point"), nothing=gettext_lazy("Choose one")
    )
    meter = ThingField[Meter](label=gettext_lazy("Meter"), nothing=gettext_lazy("Choose one"))
    field_order = ("supply_point", "meter")
    groups = (("", ["supply_point", "meter"]), *CalledForm.groups)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supply_point"].offer(supply_points_of(account))  # type: ignore[attr-defined]
        self.fields["meter"].offer(meters_of(account))  # type: ignore[attr-defined]
        for name in ("transport", "night_from", "night_until"):
            self.fields[name].required = False

    @property
    def is_said(self) -> bool:
        """Whether anything is said of how the meter is called."""
        return self.must_be_said(self.cleaned_data)

    def must_be_said(self, written: Mapping[str, Any]) -> bool:
        """Return whether anything is said of it: then all of it has to be."""
        return any(written.get(name) not in ("", None) for name in REACHED)

    def clean(self) -> dict[str, Any]:
        written = super().clean()
        unsaid = {"transport": "ip", "night_from": NIGHT_FROM, "night_until": NIGHT_UNTIL}
        for name, value in unsaid.items():
            written[name] = written.get(name) or value
        return written


def _known(settings: LineSettings | None) -> Mapping[str, Any]:
    """Return what the form shows of a line: everything but the key."""
    if settings is None:
        return {}
    names = [name for name in CalledForm.base_fields if name != "key"]
    return {name: getattr(settings, name) for name in names} | {
        "telephone": spelled(settings.telephone) if settings.telephone else ""
    }
