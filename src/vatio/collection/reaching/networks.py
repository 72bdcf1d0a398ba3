"""Which addresses are public, and which are never called whatever is set.

From IANA's registries of special-purpose addresses (RFC 6890 and its successors), read on
2026-01: https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


LOOPBACK = _networks("127.0.0.0/8", "::1/128")

NEVER = _networks(
    *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
    # The unspecified address, loopback, and IPv4 written inside IPv6: compatible, mapped,
    # translated, NAT64, Teredo, 6to4, and the relays of 6to4.
    *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
    *("2001::/32", "2002::/16", "192.88.99.0/24"),
    # Link-local, the former site-local, multicast.
    *("fe80::/10", "fec0::/10", "ff00::/8"),
)
"""What is never called: this machine, its link, groups, and IPv4 that hides inside IPv6."""

PRIVATE_4 = _networks(
    *("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"),
    *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
)
GLOBAL_6 = ipaddress.ip_network("2000::/3")
"""The addresses of IPv6 that IANA has opened for the public network: nothing else is one."""

PRIVATE_6 = _networks("2001::/23", "2001:db8::/32", "3fff::/20")
"""Within `GLOBAL_6`, what is for protocols, tests and documents."""


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Return whether an address is in one of the networks."""
    return any(address.version == each.version and address in each for each in networks)


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public network."""
    if is_in(address, NEVER):
        return False
    if address.version == 4:
        return not is_in(address, PRIVATE_4)
    return is_in(address, [GLOBAL_6]) and not is_in(address, PRIVATE_6)
