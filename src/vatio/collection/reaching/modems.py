"""The modems that the operator named in COLLECT_MODEMS: a line picks one of them."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vatio.refusal import Refused


class NoSuchModem(Refused):
    """No modem of this platform is called so."""


@dataclass(frozen=True)
class Modem:
    """A modem: its name, and what pyserial's `serial_for_url` opens.

    That is a serial device such as /dev/ttyUSB0, or a serial server, socket://host:port.
    """

    name: str
    opens: str


def modems() -> dict[str, Modem]:
    """Return the modems by their names, in the order of the setting."""
    return {name: Modem(name, opens) for name, opens in settings.COLLECT_MODEMS.items()}


def modem_called(name: str) -> Modem:
    """Return the modem of a name.

    :raises NoSuchModem: if the operator named none so.
    """
    found = modems().get(name)
    if found is None:
        raise NoSuchModem(
            _("There is no modem called «%(name)s» here: the operator names them.")
            % {"name": name},
            field="modem",
        )
    return found
