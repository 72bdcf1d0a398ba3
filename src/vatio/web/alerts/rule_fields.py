"""Fields of the form of an alert: what it looks at, and numbers that may be negative."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vatio.alerts.things import WatchableThing, known_keys
from vatio.tenants.folding import sort_key, tidy
from vatio.web.shell.fields import DecimalNumber

MOST_LISTED = 300
"""Of more things one writes the name of one."""

MOST_NAMED = 5


class SignedDecimal(DecimalNumber):
    """A number with decimals that may be negative, as temperatures are."""

    def to_python(self, value: object) -> Decimal | None:
        text = str(value or "").strip().replace("\u2212", "-")
        found = super().to_python(text.removeprefix("-"))
        return -found if found is not None and text.startswith("-") else found


class WatchedField(forms.Field):
    """What an alert looks at, by its key or by its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.things: Sequence[WatchableThing] = ()

    def offer(self, things: Sequence[WatchableThing]) -> None:
        """Take the things to choose from."""
        self.things = things

    @property
    def is_listed(self) -> bool:
        """Whether there are few enough to choose from a list."""
        return len(self.things) <= MOST_LISTED

    def to_python(self, value: object) -> WatchableThing | None:
        text = tidy(str(value or ""))
        if not text:
            return None
        known = known_keys(self.things)
        if text in known:
            return known[text]
        found = self._named(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("There is no «%(text)s» to choose."), params={"text": text})
        names = ", ".join(each.label for each in found[:MOST_NAMED])
        raise ValidationError(
            _("«%(text)s» may be several: %(names)s."), params={"text": text, "names": names}
        )

    def prepare_value(self, value: object) -> object:
        if self.is_listed:
            return value
        thing = known_keys(self.things).get(str(value))
        return thing.label if thing else value

    def _named(self, text: str) -> list[WatchableThing]:
        """Return the things that are called so or, if there is none, those whose label has it."""
        key = sort_key(text)
        exact = [e for e in self.things if key in (sort_key(e.name), sort_key(e.label))]
        return exact or [each for each in self.things if key in sort_key(each.label)]
