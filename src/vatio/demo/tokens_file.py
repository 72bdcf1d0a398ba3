"""Keeps the tokens of the demo's gateways: in the home folder, in a file of this user alone.

The database has only their hashes. A file that is lost is made anew, with other tokens.
"""

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from vatio import clock
from vatio.metering import tokens
from vatio.metering.models import DataSource

NAME = "demo_gateways.json"


@transaction.atomic
def token_of(source_id: int) -> str:
    """Return the token of a source, issued or rotated if the file has none.

    A token that somebody revoked or rotated stays in the file: that gateway falls silent.
    """
    source = DataSource.objects.select_for_update(no_key=True).get(pk=source_id)
    file = settings.HOME / NAME
    known = _read(file)
    token = known.get(str(source.uid))
    if token is None:
        at = clock.real()
        if source.tokens.live(at=at).exists():
            token = tokens.rotate(source, by=None, at=at, overlap=timedelta())
        else:
            token = tokens.issue(source, by=None, at=at)
        _write(file, {**known, str(source.uid): token})
    return token


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(file: Path, known: dict[str, str]) -> None:
    """Write the file aside and put it into place, so that it is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(known, output)
    aside.replace(file)
