"""By which telephones an account's people are reached, and who sees these whole."""

from collections.abc import Collection

from vatio.accounts.models import Account, AccountRole
from vatio.people.models import Telephone
from vatio.people.telephones import masked, spelled
from vatio.tenants.models import Person


def telephones_of(account: Account, *, seen_by: Person) -> dict[int, str]:
    """Return the confirmed telephones of people with a role in an account, by person.

    Whole to the account's administrators, and one's own to oneself; to everybody else only the
    country's prefix and the last three digits.
    """
    roles = AccountRole.objects.filter(account=account)
    administers = roles.filter(person=seen_by, role=AccountRole.Role.ADMINISTRATOR).exists()
    own = Telephone.objects.filter(person__in=roles.values("person_id")).exclude(number="")
    return {
        person: spelled(number) if administers or person == seen_by.pk else masked(number)
        for person, number in own.values_list("person_id", "number")
    }


def with_telephone(people: Collection[Person]) -> set[int]:
    """Return which people have a confirmed telephone, by their keys; no number is told."""
    confirmed = Telephone.objects.filter(person__in=people).exclude(number="")
    return set(confirmed.values_list("person_id", flat=True))
