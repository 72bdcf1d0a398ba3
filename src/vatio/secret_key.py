"""Secrets of the home folder, generated once: the key that signs sessions, and that of data."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def secret_key(home: Path) -> str:
    """Return the key that signs sessions, generated if there is none."""
    return _kept(home / "secret_key", lambda: secrets.token_urlsafe(48))


def data_key(home: Path) -> str:
    """Return the keys that seal secrets in the database, in base64, generated if there is none.

    The file may hold several, one a line: the first seals, all open.
    """
    return _kept(home / "data_key", lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def _kept(file: Path, generate: Callable[[], str]) -> str:
    """Return the text of a file that only its owner reads, generated if there is none.

    A new text is written aside and linked into place, so that two starts at once get the same.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
            output.write(generate())
        try:
            os.link(aside, file)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return file.read_text().strip()
