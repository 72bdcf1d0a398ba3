"""Where a line may call: the address of a meter is read, looked up once, and judged.

What is dialled is what was judged: `find` returns numeric addresses, and nobody looks the name up
again, so that a name whose answer changes leads nowhere else. All the answers of a name have to
be allowed. An address in any notation but the usual one (decimal, octal, hexadecimal, short,
with a zone) is refused, not interpreted: other programs read them otherwise than we do.
"""

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.collection.reaching.networks import LOOPBACK, NEVER, Address, Network, is_in, is_public
from vatio.refusal import Refused
from vatio.tenants.platform import is_demo

LEAST_PORT, MOST_PORT = 1024, 65535
LONGEST_NAME = 253
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
"""A label of a host's name (RFC 1123, 2.1)."""

NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""The last label of what programs read as an IPv4 address (WHATWG URL, «ends in a number»)."""

LOOKUP_SECONDS = 5.0
"""How long a name is looked up."""

Lookup = Callable[[str], Sequence[str]]


class WrongAddress(Refused):
    """What was written is no address of a meter: no name, no IP address, or no port."""


class NotAllowed(Refused):
    """The address, or one of the answers of the name, may not be called from here."""


class NotFound(Refused):
    """The name has no address."""


@dataclass(frozen=True)
class Endpoint:
    """What is dialled: a numeric address that was judged, and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else self.written

    @property
    def written(self) -> str:
        """The address and the port, the address without brackets."""
        return f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Allowed:
    """What may be called: public addresses or not, networks besides, and what never is.

    `loopback` allows this machine's own loopback, as in the demo, but for the ports `own_ports`.
    `own` are the addresses that are ours: the database's, and those that people type.
    """

    public: bool = True
    networks: tuple[Network, ...] = ()
    loopback: bool = False
    own: frozenset[Address] = frozenset()
    own_ports: frozenset[int] = field(default=frozenset())

    def permits(self, address: Address, port: int) -> bool:
        """Return whether an address may be called at a port."""
        if not LEAST_PORT <= port <= MOST_PORT:
            return False
        if is_in(address, LOOPBACK):
            return self.loopback and port > LEAST_PORT and port not in self.own_ports
        if is_in(address, NEVER) or address in self.own or is_this_machine(address):
            return False
        return (self.public and is_public(address)) or is_in(address, self.networks)


def look_up(name: str) -> list[str]:
    """Return the numeric addresses of a name, in the order in which they are to be tried.

    :raises OSError: if there is none, or none came in `LOOKUP_SECONDS`.
    """
    found: list[str] = []
    problems: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(each[4][0]) for each in answers))
        except (OSError, UnicodeError) as problem:
            problems.append(problem)

    # The resolver of the system has no time limit of its own that could be set for one name.
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(LOOKUP_SECONDS)
    if asking.is_alive() or problems:
        raise OSError(f"{name} has no address") from next(iter(problems), None)
    return found


def allowed_here(lookup: Lookup = look_up) -> Allowed:
    """Return what the settings allow, with the addresses of our database and of our pages."""
    database = connection.settings_dict
    options = database.get("OPTIONS") or {}
    hosts = f"{database.get('HOST') or ''},{options.get('hostaddr', '')}".split(",")
    ports = [each for each in str(database.get("PORT") or "5432").split(",") if each.isdigit()]
    hosts += [urlsplit(settings.PUBLIC_URL).hostname or "", _connected_to()]
    names = [each for each in hosts if each and not each.startswith(("/", "@"))]
    return Allowed(
        public=settings.COLLECT_PUBLIC,
        networks=settings.COLLECT_NETWORKS,
        loopback=is_demo(),
        own=frozenset(address for name in names for address in _answers(name, lookup)),
        own_ports=frozenset([settings.PORT, *map(int, ports)]),
    )


def check_host(text: str) -> str:
    """Return the name or the IP address of a meter as it is stored; nothing is looked up.

    Names are written as DNS knows them (IDNA, UTS 46), without a trailing dot.

    :raises WrongAddress: if it is neither.
    """
    host = text.strip()
    if ":" in host or host.startswith("["):
        return str(_ipv6(host.removeprefix("[").removesuffix("]")))
    try:
        name = idna.encode(host, uts46=True).decode() if not host.isascii() else host.lower()
    except (idna.IDNAError, UnicodeError):
        raise _wrong() from None
    name = name.removesuffix(".")
    labels = name.split(".")
    if NUMERIC.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise _wrong(
                _("Write an IP address as four numbers from 0 to 255, such as 203.0.113.7.")
            ) from None
    if len(name) > LONGEST_NAME or not all(map(LABEL.fullmatch, labels)):
        raise _wrong()
    return name


def check_port(port: int) -> int:
    """Return a port that may be called.

    :raises WrongAddress: if it is none from 1024 to 65535.
    """
    if not LEAST_PORT <= port <= MOST_PORT:
        raise WrongAddress(_("The port is a number from 1024 to 65535."), field="port")
    return port


def find(
    host: str, port: int, *, allowed: Allowed, lookup: Lookup = look_up
) -> tuple[Endpoint, ...]:
    """Return what to dial for a host and a port, in the order in which to try it.

    The name is looked up once, here.

    :raises WrongAddress: if the host or the port cannot be read.
    :raises NotFound: if the name has no address.
    :raises NotAllowed: if any of its addresses may not be called.
    """
    host, port = check_host(host), check_port(port)
    addresses = _read(host)
    if not addresses:
        try:
            texts = lookup(host)
        except (OSError, UnicodeError):
            texts = []
        addresses = [_numeric(each) for each in texts]
    if not addresses:
        raise NotFound(_("The name has no address: look whether it is written well."), field="host")
    if not all(each is not None and allowed.permits(each, port) for each in addresses):
        raise NotAllowed(
            _("This address may not be called from here. The operator sets which ones may be."),
            field="host",
        )
    return tuple(Endpoint(str(each), port) for each in addresses)


def is_this_machine(address: Address) -> bool:
    """Return whether an address is one of this machine: only its own can be bound to."""
    return _binds(address) and not _binds(_FOREIGN[address.version])


_FOREIGN: dict[int, Address] = {
    4: ipaddress.ip_address("192.0.2.1"),
    6: ipaddress.ip_address("2001:db8::1"),
}
"""Addresses of documents, of no machine: where they bind, binding tells nothing."""


def _binds(address: Address) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError as error:
        return error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL}
    return True


_OWN: dict[str, list[Address]] = {}
"""What our own names led to when they were last looked up with success."""


def _answers(name: str, lookup: Lookup) -> list[Address]:
    """Return the addresses of one of our own names; those before if it cannot be looked up now."""
    try:
        texts = [name] if _numeric(name) else lookup(name)
    except (OSError, UnicodeError):
        return _OWN.get(name, [])
    _OWN[name] = [each for each in map(_numeric, texts) if each is not None]
    return _OWN[name]


def _connected_to() -> str:
    """Return the address of the database to which this thread is connected, however it is named."""
    return connection.connection.info.hostaddr if connection.connection else ""


def _read(host: str) -> list[Address | None]:
    """Return the address that a host is; nothing if it is a name."""
    address = _numeric(host)
    return [address] if address else []


def _numeric(text: str) -> Address | None:
    """Return a numeric address without a zone; None for anything else."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if getattr(address, "scope_id", None) else address


def _ipv6(text: str) -> Address:
    address = _numeric(text)
    if address is None or address.version != 6:
        raise _wrong()
    return address


def _wrong(words: Promise | None = None) -> WrongAddress:
    return WrongAddress(
        words or _("Write the name of a machine, such as meter.example.org, or its IP address."),
        field="host",
    )
