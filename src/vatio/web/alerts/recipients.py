"""Whom an alert tells, as the form has it: a row for each person of the account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from vatio.accounts.models import Account
from vatio.accounts.reaching import with_telephone
from vatio.alerts.details import RecipientDetails
from vatio.alerts.making import may_be_told
from vatio.alerts.models import AlertRecipient
from vatio.keys import parse_key
from vatio.tenants.folding import SortKey
from vatio.tenants.models import Person


@dataclass(frozen=True)
class RecipientRow:
    """A person, whether they are told, and by what; who is told by neither sees it on the page."""

    person: Person
    is_told: bool
    by_mail: bool
    by_sms: bool
    has_telephone: bool

    @property
    def details(self) -> RecipientDetails:
        """The same as the rule takes it."""
        return RecipientDetails(self.person, self.by_mail, self.by_sms)


def rows_of(account: Account, chosen: Mapping[int, tuple[bool, bool]]) -> list[RecipientRow]:
    """Return a row for each person of an account by name; two statements.

    :param chosen: by person, whether by mail and whether by SMS, of those who are told.
    """
    people = list(may_be_told(account).annotate(place=SortKey("name")).order_by("place", "pk"))
    reached = with_telephone(people)
    return [
        RecipientRow(
            each,
            each.pk in chosen,
            *chosen.get(each.pk, (False, False)),
            has_telephone=each.pk in reached,
        )
        for each in people
    ]


def sent(data: QueryDict) -> dict[int, tuple[bool, bool]]:
    """Return who is told as a form was sent: a ticked channel tells as well."""
    ticked = {
        name: {key for key in map(parse_key, data.getlist(name)) if key}
        for name in ("tell", "mail", "sms")
    }
    return {
        key: (key in ticked["mail"], key in ticked["sms"])
        for key in ticked["tell"] | ticked["mail"] | ticked["sms"]
    }


def stored(recipients: Iterable[AlertRecipient]) -> dict[int, tuple[bool, bool]]:
    """Return who is told of a rule."""
    return {each.person_id: (each.by_mail, each.by_sms) for each in recipients}
