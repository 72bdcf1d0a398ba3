"""Gathers the words of the pages into the Spanish catalogue, and compiles it.

Source strings are English; the catalogue is kept by hand. `python -m
vatio.translations` adds what is new and drops what is gone; it needs no gettext.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent
SPANISH = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
WAYS = [("**/migrations/**.py", "ignore"), ("**.py", "python"), ("**/templates/**.*", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
OPTIONS = {"**/templates/**.*": {"trimmed": "true", "silent": "false"}}


def extracted() -> Catalog:
    """Gather every string that the code and the templates translate."""
    found = Catalog(locale="es", project="Vatio", charset="utf-8")
    for file, _line, words, _comments, context in _strings():
        found.add(words, locations=[(file, 0)], context=context)
    return found


def _strings() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    yield from extract_from_dir(
        str(ROOT),
        method_map=WAYS,
        options_map=OPTIONS,
        keywords=KEYWORDS,
    )


def read() -> Catalog:
    """Read the Spanish catalogue."""
    with SPANISH.open("rb") as file:
        return read_po(file, locale="es", domain="django")


def update() -> list[str]:
    """Bring the catalogue up to date with the strings, and list those that lack Spanish."""
    kept = read() if SPANISH.exists() else Catalog(locale="es", charset="utf-8")
    made = Catalog(locale="es", project="Vatio", charset="utf-8", fuzzy=False)
    missing = []
    for message in extracted():
        if not message.id:
            continue
        known = kept.get(message.id)
        words = known.string if known else None
        made.add(message.id, words or "", locations=message.locations)
        if not is_complete(words):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    SPANISH.parent.mkdir(parents=True, exist_ok=True)
    with SPANISH.open("wb") as file:
        write_po(file, made, width=100, sort_output=True, omit_header=False, include_lineno=False)
    return missing


def is_complete(words: object) -> bool:
    """Tell whether a message, and each of its plural forms, has its Spanish."""
    if isinstance(words, (tuple, list)):
        return all(words)
    return bool(words)


def compile_catalogue() -> None:
    """Write the compiled catalogue beside its source, if the source is newer.

    Where it may not be written, as in an installed package, the one built in serves.
    """
    compiled = SPANISH.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= SPANISH.stat().st_mtime:
        return
    written = io.BytesIO()
    write_mo(written, read())
    aside = compiled.with_suffix(".mo.new")
    try:
        aside.write_bytes(written.getvalue())
        aside.replace(compiled)
    except OSError:
        if not compiled.exists():
            raise


if __name__ == "__main__":
    for words in update():
        print(f"no Spanish: {words}")  # noqa: T201
    compile_catalogue()
