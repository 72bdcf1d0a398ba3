"""Compiles the gettext catalogues into every build, so that an installed Vatio speaks Spanish."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):
    """A build hook: writes each catalogue's .mo beside its .po before the files are collected."""

    def initialize(self, version, build_data):
        for source in Path(self.root, "src", "vatio", "locale").rglob("*.po"):
            with source.open("rb") as catalogue, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(catalogue, domain=source.stem))
        build_data["artifacts"].append("*.mo")
