"""The forms of a person's telephone and quiet hours."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from vatio.accounts.models import Account
from vatio.formats import number
from vatio.people.models import QuietHours
from vatio.web.shell.fields import SPANISH_TIME_ZONES, time_zone_choices

HOURS = ["%H:%M", "%H:%M:%S"]


class PayingAccountField(forms.Field):
    """The account that pays for a code: one of those offered, with its credits beside its name."""

    widget = forms.Select

    def offer(self, accounts: Sequence[Account]) -> None:
        """Offer accounts, each with its wallet read."""
        self.offered = {str(account.uid): account for account in accounts}
        named = ((uid, _named(own)) for uid, own in self.offered.items())
        self.choices = [("", _("Choose one")), *named]

    def to_python(self, value: object) -> Account | None:
        if not value:
            return None
        if str(value) not in self.offered:
            raise ValidationError(_("Choose a running account in which you have a role."))
        return self.offered[str(value)]

    def prepare_value(self, value: object) -> object:
        return str(value.uid) if isinstance(value, Account) else value


class NumberForm(forms.Form):
    """A telephone number, and the account that pays for its code."""

    number = forms.CharField(label=_("Telephone"), max_length=30)
    account = PayingAccountField(label=_("Account that pays"))

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        field.offer(accounts)  # type: ignore[attr-defined]
        if len(accounts) == 1:
            field.initial = accounts[0]


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(label=_("Code"), max_length=20)


class QuietHoursForm(forms.Form):
    """From when to when nothing is sent, on which clock; both empty for no quiet hours."""

    quiet_from = forms.TimeField(label=_("From (hour)"), required=False, input_formats=HOURS)
    quiet_until = forms.TimeField(label=_("Until (hour)"), required=False, input_formats=HOURS)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    @classmethod
    def of(cls, hours: QuietHours | None) -> "QuietHoursForm":
        """Return the form with a person's hours, or with none."""
        if hours is None:
            return cls(initial={"time_zone": SPANISH_TIME_ZONES[0]})
        return cls(
            initial={
                "quiet_from": f"{hours.starts:%H:%M}",
                "quiet_until": f"{hours.ends:%H:%M}",
                "time_zone": hours.time_zone,
            }
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = {name for name in ("quiet_from", "quiet_until") if cleaned.get(name) is not None}
        if len(given) == 1 and not self.errors:
            missing = "quiet_until" if "quiet_from" in given else "quiet_from"
            self.add_error(missing, _("Write both hours, or neither."))
        return cleaned


def _named(account: Account) -> str:
    credits = account.wallet.balance
    words = ngettext("%(account)s (%(n)s credit)", "%(account)s (%(n)s credits)", credits)
    return words % {"account": account.name, "n": number(credits)}
