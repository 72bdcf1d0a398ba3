"""Compiles the Spanish catalogue, which `make words` keeps, beside its source.

Source strings are English; `tool.babel` in `pyproject.toml` tells which files hold them.
"""

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SPANISH = Path(__file__).resolve().parent / "locale" / "es" / "LC_MESSAGES" / "django.po"


def compile_catalogue() -> None:
    """Write the compiled catalogue beside its source, if the source is newer.

    The file is replaced atomically, as other processes may start meanwhile. Where it cannot be
    written, as in an installed package, the catalogue that the package contains is used.

    :raises OSError: if the file cannot be written and there is no compiled catalogue.
    """
    compiled = SPANISH.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= SPANISH.stat().st_mtime:
        return
    written = io.BytesIO()
    with SPANISH.open("rb") as source:
        write_mo(written, read_po(source, locale="es"))
    aside = compiled.with_suffix(".mo.new")
    try:
        aside.write_bytes(written.getvalue())
        aside.replace(compiled)
    except OSError:
        if not compiled.exists():
            raise
