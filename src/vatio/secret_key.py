"""The secret key that signs sessions: generated once, kept in the home folder."""

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """Return the secret key of a home folder, generated if there is none.

    A new key is written aside and linked into place, so that two starts at once get the same.
    """
    file = home / "secret_key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        aside = home / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
            output.write(secrets.token_urlsafe(48))
        try:
            os.link(aside, file)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return file.read_text().strip()
