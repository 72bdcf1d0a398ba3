"""Form fields that several forms share: whole numbers as people write them, NIF, time zones."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.accounts.nif import is_nif, tidy_nif
from vatio.dates import known_time_zones
from vatio.formats import NotWhole, decimal_number, decimal_text, number, whole_number
from vatio.tenants.addresses import LONGEST, NotAnAddress, check_address, in_letters
from vatio.tenants.folding import tidy
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities, Unit

MOST = 1_000_000
SPANISH_TIME_ZONES = ("Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta")
MOST_ORGANISATIONS = 500
"""How many organisations a filter lists; the one that is chosen stands there in any case."""


class WholeNumber(forms.Field):
    """A whole number from `least` to `most`, written as in an import; empty is None."""

    def __init__(self, *, least: int = 0, most: int = MOST, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.least, self.most = least, most

    def to_python(self, value: object) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = whole_number(text)
        except NotWhole as error:
            if error.either:
                raise ValidationError(
                    _("«%(text)s» may be %(large)s or %(small)s: write it without its comma."),
                    params={"text": text, "large": error.either[0], "small": error.either[1]},
                ) from None
            found = -1
        if not self.least <= found <= self.most:
            raise ValidationError(
                _("Write a number from %(least)s to %(most)s."),
                params={"least": number(self.least), "most": number(self.most)},
            )
        return found


class DecimalNumber(forms.Field):
    """A number from zero to less than `most`, at most `places` decimals; empty is None."""

    def __init__(self, *, most: int = MOST, places: int = 3, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.most, self.places = most, places

    def to_python(self, value: object) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = decimal_number(text)
        except NotWhole as error:
            if error.either:
                raise ValidationError(
                    _("«%(text)s» may be %(large)s or %(small)s: write it without its point."),
                    params={"text": text, "large": error.either[0], "small": error.either[1]},
                ) from None
            raise ValidationError(
                _("Write a number, such as %(number)s."),
                params={"number": decimal_text(Decimal("12.5"))},
            ) from None
        if found >= self.most or found != round(found, self.places):
            raise ValidationError(
                _("Write a number below %(most)s, with at most %(places)s decimals."),
                params={"most": number(self.most), "places": self.places},
            )
        return found

    def prepare_value(self, value: object) -> object:
        return decimal_text(value, self.places) if isinstance(value, Decimal) else value


class DayField(forms.Field):
    """A day, as `parse_day` reads it; empty is None."""

    widget = forms.DateInput

    def to_python(self, value: object) -> date | None:
        if isinstance(value, date) or not str(value or "").strip():
            return value if isinstance(value, date) else None
        found = parse_day(str(value).strip())
        if found is None:
            raise ValidationError(_("Write a day: year, month and day, such as 2026-05-03."))
        return found

    def prepare_value(self, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value


class UnitsForm(forms.Form):
    """A form with a field for each unit; an empty field is None."""

    @staticmethod
    def words_of(unit: Unit) -> Promise | str:
        """Return the label of a unit's field."""
        return unit.label

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for unit in Unit:
            self.fields[unit] = WholeNumber(label=self.words_of(unit), required=False)
        self.order_fields(self.field_order or [*Unit])

    def quantities(self) -> Quantities:
        """Return the valid quantities of a cleaned form; any other unit is None."""
        return Quantities.each(self.cleaned_data.get)

    def numbers_so_far(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return the current values of the fields that are readable; an empty one is None.

        For a consequence that is shown while somebody still writes: nothing is refused.
        """
        numbers = {}
        for name in names:
            try:
                numbers[name] = self.fields[name].clean(self[name].value())
            except ValidationError:
                continue
        return numbers


class SignedNumber(WholeNumber):
    """A whole number that may be negative, written -5, +5 or 5."""

    def to_python(self, value: object) -> int | None:
        text = str(value or "").strip().replace("\u2212", "-")
        number = super().to_python(text.removeprefix("-").removeprefix("+"))
        return -number if number is not None and text.startswith("-") else number


class NameField(forms.CharField):
    """A name, tidied; a name of invisible characters alone is empty."""

    def to_python(self, value: object) -> str:
        return tidy(str(super().to_python(value) or ""))


class AddressField(forms.CharField):
    """An e-mail address, in the spelling in which it is stored; it is shown with its letters."""

    widget = forms.EmailInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)

    def clean(self, value: object) -> str:
        text = str(super().clean(value))
        try:
            return check_address(text) if text else ""
        except NotAnAddress as refused:
            raise ValidationError(str(refused)) from None

    def prepare_value(self, value: Any) -> Any:
        return in_letters(value) if isinstance(value, str) else value


class NifField(forms.CharField):
    """A Spanish tax number (NIF, NIE or CIF) with its check letter; it may be left empty."""

    def to_python(self, value: object) -> str:
        return tidy_nif(str(super().to_python(value) or ""))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_nif(value):
            raise ValidationError(_("This is not a valid NIF: check its figures and its letter."))


def parse_day(value: object) -> date | None:
    """Read a day in ISO 8601 (2027-05-03) from the query string or a form; None if invalid."""
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def organisation_choices(person: Person, chosen: Organisation | None) -> list[Organisation]:
    """Return the organisations that a filter offers, by name, and always the one it applies."""
    known = Organisation.objects.visible_to(person).order_by("name_sorted", "id")
    first = list(known[:MOST_ORGANISATIONS])
    return first if chosen is None or chosen in first else [chosen, *first]


def time_zone_choices() -> list[tuple[str, str]]:
    """Return the time zones to choose from, those of Spain first."""
    others = (
        time_zone
        for time_zone in known_time_zones()
        if "/" in time_zone
        and not time_zone.startswith("Etc/")
        and time_zone not in SPANISH_TIME_ZONES
    )
    return [(time_zone, time_zone) for time_zone in (*SPANISH_TIME_ZONES, *others)]


def clean_text(value: str) -> str:
    """Refuse control characters, which PostgreSQL or spreadsheets cannot store."""
    if any(category(letter) == "Cc" and letter not in "\n\r\t" for letter in value):
        raise ValidationError(_("There is a character that cannot be written."))
    return value
