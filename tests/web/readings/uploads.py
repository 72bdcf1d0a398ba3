"""Uploads files of load curves, as their page does."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.readings.stored import CURVES
from vatio.accounts.models import Account


def handed_in(client: Client, hotel: Account, file: str | bytes, name: str = "") -> str:
    """Upload a sample, or some bytes; return the address of what was uploaded."""
    content = file if isinstance(file, bytes) else (CURVES / file).read_bytes()
    sent = SimpleUploadedFile(name or str(file), content)
    answer = client.post(f"/accounts/{hotel.uid}/readings/import/", {"file": sent})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def packed(members: Mapping[str, bytes | Path]) -> bytes:
    """Return a zip file of some files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.read_bytes())
    return made.getvalue()


def saved(client: Client, address: str, **said: object) -> None:
    """Press «Guardar las lecturas», the supplies that are missing made unless it is said."""
    form = {"columns": "yes", "take": "402", "create": "yes", **said}
    answer = client.post(f"{address}carry-out/", form)
    assert (answer.status_code, answer["Location"]) == (302, address)
