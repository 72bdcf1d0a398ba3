"""E-mail addresses: one spelling for each mailbox, whichever way it was typed."""

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from vatio.refusal import Refused
from vatio.tenants.folding import tidy

LONGEST = 254
"""The longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less the angle brackets)."""


STORED = r"^[!-@\[-~]*$"
"""What a column of addresses may hold: ASCII without capitals, spaces and control characters."""


class NotAnAddress(Refused):
    """The text is not an e-mail address, or is one to which mail cannot be sent."""


def fold_address(text: str) -> str:
    """Return an address as addresses are stored and compared, in lower-case ASCII.

    The domain is written as DNS knows it (IDNA, UTS 46), so that «energía.example» and
    «xn--energa-7va.example» are the same. A text that is no address is returned too, and
    equals no stored address.
    """
    user, at, domain = unicodedata.normalize("NFKC", tidy(text)).lower().rpartition("@")
    return user + at + _as_dns_knows_it(domain)


def check_address(text: str) -> str:
    """Return an address as it is stored.

    :raises NotAnAddress: if it is no address, or has letters before the @ that only servers
        with SMTPUTF8 (RFC 6531) take.
    """
    address, shown = fold_address(text), tidy(text)[:100]
    user, at, _domain = address.rpartition("@")
    if at and not user.isascii():
        raise NotAnAddress(
            _("No mail can be sent to «%(text)s»: before the @ there are only plain letters.")
            % {"text": shown}
        )
    if not _is_address(address):
        raise NotAnAddress(_("«%(text)s» is not an e-mail address.") % {"text": shown})
    return address


def in_letters(address: str) -> str:
    """Return a stored address as people read it, with the letters of its domain."""
    user, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return user + at + idna.decode(domain)
    except UnicodeError:
        return address


def _is_address(folded: str) -> bool:
    try:
        validate_email(folded)
    except ValidationError:
        return False
    return folded.isascii() and len(folded) <= LONGEST


def _as_dns_knows_it(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return domain
