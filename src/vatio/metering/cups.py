"""The CUPS: the identity of a supply point of electricity or gas in Spain.

ES, 16 digits and two control letters (RD 1074/2015, and the sector's format); a border point has
two more characters, which are no part of the identity.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from stdnum.es import cups
from stdnum.exceptions import ValidationError

from vatio.refusal import Refused
from vatio.tenants.folding import tidy


class NotACups(Refused):
    """The text is not a CUPS."""


@dataclass(frozen=True)
class Cups:
    """The 20 characters of the identity, and the two of a border point, if it has them."""

    code: str
    suffix: str = ""


def parse_cups(text: str) -> Cups:
    """Return the CUPS that a text holds, however it is spaced, hyphened or cased.

    :raises NotACups: if it has another length, or its letters do not fit its digits.
    """
    plain = "".join(letter for letter in tidy(text).upper() if letter.isalnum())
    try:
        cups.validate(plain)
    except ValidationError:
        raise NotACups(
            _("«%(text)s» is not a CUPS: ES, 16 digits and two letters that fit them.")
            % {"text": text.strip()[:40]},
            field="cups",
        ) from None
    return Cups(plain[:20], plain[20:])
