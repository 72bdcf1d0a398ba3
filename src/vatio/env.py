"""Reads settings from the environment, and names the variable when one is wrong."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class WrongSetting(Exception):
    """A variable holds something that cannot be used; the message names it."""


def text(name: str, default: str = "") -> str:
    """Read a variable, or the file that NAME_FILE points to (for secrets)."""
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
    """Read a yes or no: 1, true, yes, on, or 0, false, no, off."""
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise WrongSetting(f"{name}: «{value}» is neither 1 nor 0.")


def number(name: str, *, default: int, least: int, most: int) -> int:
    """Read a whole number between two bounds, both allowed."""
    value = text(name).strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(f"{name}: «{value}» is not a number from {least} to {most}.")
    return int(value)


def words(name: str, *, default: list[str]) -> list[str]:
    """Read a list of words between commas."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    return found or default


def database(url: str) -> dict[str, object]:
    """Turn postgresql://user:password@host:port/name?option=value into Django's own form."""
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
        "OPTIONS": options,
    }
