"""Reads settings from environment variables; an error names the variable."""

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

DATA_KEY_BYTES = 32

MODEM = re.compile(
    r"/dev(/[\w:+@=#-][\w.:+@=#-]*)+"
    r"|socket://([A-Za-z0-9][\w.-]*|\[[0-9a-fA-F:.]+\]):(?P<port>[1-9][0-9]{0,4})"
)


SILENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""How libpq notices within half a minute a server that went without a word, over TCP."""

SILENT_CLIENT = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
    " -c tcp_keepalives_count=3 -c tcp_user_timeout=25000"
)
"""How the server notices us: what a vanished process had locked would stay so for two hours."""


class WrongSetting(Exception):
    """A variable has a value that cannot be used; the message names the variable."""


def text(name: str, default: str = "") -> str:
    """Return a variable or, for secrets, the text of the file that NAME_FILE names.

    :raises WrongSetting: if both are set, or the file cannot be read.
    """
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return os.environ.get(name, default)
    if name in os.environ:
        raise WrongSetting(f"{name} and {name}_FILE are both set: keep one of them.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSetting(f"{name}_FILE: {file}: {error.strerror}.") from None


def switch(name: str, *, default: bool) -> bool:
    """Return a yes (1, true, yes, on) or a no (0, false, no, off).

    :raises WrongSetting: for any other value.
    """
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise WrongSetting(f"{name}: «{value}» is neither 1 nor 0.")


def number(name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`, both included.

    :raises WrongSetting: for any other value.
    """
    value = text(name).strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(f"{name}: «{value}» is not a number from {least} to {most}.")
    return int(value)


def words(name: str, *, default: list[str]) -> list[str]:
    """Return the words of a comma-separated list; the default if there are none."""
    values = [word.strip() for word in text(name).split(",") if word.strip()]
    return values or default


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(name: str) -> tuple[bool, tuple[Network, ...]]:
    """Return whether a list has the word `public`, as it has if it is empty, and its networks.

    :raises WrongSetting: for what is neither `public` nor a network such as 10.20.0.0/16.
    """
    values = words(name, default=["public"])
    found = []
    for each in values:
        if each != "public":
            try:
                found.append(ipaddress.ip_network(each))
            except ValueError:
                raise WrongSetting(
                    f"{name}: «{each}» is neither «public» nor a network such as 10.20.0.0/16."
                ) from None
    return "public" in values, tuple(found)


def pairs(name: str, *, value: Callable[[str], bool], example: str) -> dict[str, str]:
    """Return a comma-separated list of NAME=VALUE, of whose values `value` is true.

    :raises WrongSetting: for anything else, and for a name that comes twice.
    """
    found: dict[str, str] = {}
    for each in words(name, default=[]):
        key, equals, rest = (part.strip() for part in each.partition("="))
        if not equals or not re.fullmatch(r"[\w .-]{1,60}", key) or not value(rest):
            raise WrongSetting(f"{name}: «{each}» is not written like {example}.")
        if key in found:
            raise WrongSetting(f"{name}: «{key}» comes twice.")
        found[key] = rest
    return found


def is_modem(text: str) -> bool:
    """Return whether a text is a serial device, or a serial server as socket://host:port.

    pyserial would open more, some of it with options after a question mark: all of it is refused.
    """
    found = MODEM.fullmatch(text)
    return found is not None and int(found["port"] or 1) <= 65535


def data_keys(name: str) -> tuple[bytes, ...]:
    """Return keys of 256 bits, written in base64 between commas; none if there is none.

    :raises WrongSetting: if one is no such key; it says which one, and nothing of what it is.
    """
    return read_data_keys(words(name, default=[]), of=name)


def read_data_keys(values: list[str], *, of: str) -> tuple[bytes, ...]:
    """Return the keys that words say; `of` names the setting or the file that they are from.

    :raises WrongSetting: if one is no such key; it says which one, and nothing of what it is.
    """
    found = []
    for place, each in enumerate(values, start=1):
        try:
            key = base64.b64decode(each.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != DATA_KEY_BYTES:
            raise WrongSetting(
                f"{of}: key {place} is not 32 bytes in base64, as `openssl rand -base64 32` prints."
            )
        found.append(key)
    return tuple(found)


def database(url: str) -> dict[str, object]:
    """Return Django's settings for postgresql://user:password@host:port/name?option=value.

    As in libpq's connection URIs, a `host` or `port` among the options takes precedence, so
    that a socket directory can be named. Each end notices within half a minute that the other
    has gone without a word, unless the options say otherwise.

    :raises WrongSetting: if it is no such URI, or names no database.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WrongSetting("DATABASE_URL: its port or its host cannot be read.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise WrongSetting(
            "DATABASE_URL must begin with postgresql://: Vatio runs on PostgreSQL only."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise WrongSetting(
            "DATABASE_URL names no database: postgresql://user:password@host/database."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(port or "")),
        "OPTIONS": {
            **SILENCE,
            **options,
            "options": f"{SILENT_CLIENT} {options.get('options', '')}".strip(),
        },
    }
