"""The key that signs sessions: made once, kept in the home folder."""

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """Read the key of this home folder, or make it; two starts at once get the same one."""
    file = home / "secret_key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        aside = home / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(48))
        try:
            os.link(aside, file)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return file.read_text().strip()
