"""Telephones of people: read, confirmed by a code, and taken away.

Asking for a code is in `accounts`: it costs a credit of an account.
"""

from datetime import datetime, timedelta

import phonenumbers
from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from vatio.formats import number as written
from vatio.history.recording import record
from vatio.people.models import Telephone
from vatio.refusal import Refused
from vatio.tenants.models import Person

VALID = timedelta(minutes=10)
"""How long a code works."""

TRIES = 5
TEXTED = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""The kinds of numbers that take text messages."""

CALLED = TEXTED | {PhoneNumberType.FIXED_LINE}
"""The kinds of numbers that can be called: none of premium, shared or special cost."""

TRY = """
UPDATE people_telephone SET code_tries = code_tries + 1
WHERE person_id = %(person)s AND code_hash <> '' AND code_lapses_at > %(real)s
  AND code_tries < %(tries)s
RETURNING code_hash, asked_number, code_tries
"""


class NotATelephone(Refused):
    """The text is no telephone number that may be used."""


class WrongCode(Refused):
    """The code is not the one that was sent."""


class NoCode(Refused):
    """No code waits to be confirmed: none was asked for, it lapsed, or it was tried too often."""


def parse_number(text: str, *, kinds: frozenset[int] = TEXTED) -> str:
    """Return a telephone number as it is stored: in E.164, such as +34612345678.

    A number without a country's prefix is of the first of `PHONE_COUNTRIES`.

    :raises NotATelephone: if it is no number, of another country or of another kind.
    """
    countries = settings.PHONE_COUNTRIES
    try:
        read = phonenumbers.parse(text, countries[0])
    except NumberParseException:
        read = None
    if read is None or read.extension or not phonenumbers.is_valid_number(read):
        raise NotATelephone(
            _("This is no telephone number. Write it as 612 345 678 or +34 612 345 678."),
            field="number",
        )
    country = phonenumbers.region_code_for_number(read)
    if country not in countries:
        raise NotATelephone(
            _("Numbers of this country are not served here, but those of: %(countries)s.")
            % {"countries": ", ".join(countries)},
            field="number",
        )
    if phonenumbers.number_type(read) not in kinds:
        raise NotATelephone(
            _("A number of this kind cannot be used: write one of a mobile telephone.")
            if kinds == TEXTED
            else _("A number of this kind cannot be used: it is of premium, shared or other cost."),
            field="number",
        )
    return phonenumbers.format_number(read, PhoneNumberFormat.E164)


def spelled(number: str) -> str:
    """Return a stored number as people read it: +34 612 34 56 78."""
    try:
        read = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(read, PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """Return a stored number for those who may not see it whole: +34 ··· 678."""
    try:
        read = phonenumbers.parse(number)
    except NumberParseException:
        return "···"
    return f"+{read.country_code} ··· {number[-3:]}"


def hash_of(person: Person, number: str, code: str) -> str:
    """Return what is stored of a code: nobody can tell the code from it without our key."""
    text = f"{person.pk}:{number}:{code}"
    return salted_hmac("vatio.telephones", text, algorithm="sha256").hexdigest()


def confirm(person: Person, code: str, *, at: datetime, real: datetime) -> str:
    """Make the number to which a code was sent the person's telephone; return the number.

    The caller opens no transaction: a wrong try counts although it is refused.

    :param real: the wall clock, by which a code lapses.
    :raises NoCode: if no code waits, it has lapsed, or was tried too often.
    :raises WrongCode: if it is another code.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRY, {"person": person.pk, "real": real, "tries": TRIES})
        row = cursor.fetchone()
    if row is None:
        raise NoCode(_("No code waits to be confirmed here: ask for another."), field="code")
    expected, number, tried = row
    if not constant_time_compare(expected, hash_of(person, number, code.strip().replace(" ", ""))):
        left = TRIES - tried
        raise WrongCode(
            ngettext(
                "This is not the code that was sent: %(left)s try is left.",
                "This is not the code that was sent: %(left)s tries are left.",
                left,
            )
            % {"left": written(left)}
            if left
            else _("This is not the code that was sent: ask for another."),
            field="code",
        )
    with transaction.atomic():
        changed = Telephone.objects.filter(person=person, code_hash=expected).update(
            number=number, confirmed_at=at, asked_number="", code_hash="", code_lapses_at=None
        )
        if changed:
            record("telephone.confirmed", at=at, by=person, facts={})
    return str(number)


@transaction.atomic
def take_away(person: Person, *, at: datetime) -> None:
    """Forget a person's telephone, and any code that waits."""
    own = Telephone.objects.filter(person=person).exclude(number="", asked_number="")
    changed = own.update(
        number="", confirmed_at=None, asked_number="", code_hash="", code_lapses_at=None
    )
    if changed:
        record("telephone.taken_away", at=at, by=person, facts={})
