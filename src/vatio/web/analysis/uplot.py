"""uPlot, which draws curves in the browser: its two files, served out of the wheel `youplot`.

Both are under the MIT licence: uPlot of Leon Sorokin, and the wheel, whose `LICENSE` is installed
with it. Nothing of it is copied into this project.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PREFIX = "uplot"
FILES = ("uplot.iife.min.js", "uplot.min.css")


def vendor() -> Path:
    """Return the folder of uPlot's files within the wheel `youplot`, without importing it.

    Importing would run the wheel's Python, and nothing of Vatio needs that.
    """
    spec = find_spec("youplot")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package youplot is not installed")
    return Path(spec.submodule_search_locations[0]) / "vendor"


class UPlotFinder(BaseFinder):
    """A finder of static files: uPlot's script and stylesheet below `uplot/`, nothing else."""

    def find(self, path: str, find_all: bool = False, **_about: Any) -> Any:
        """Return the path of one of the two files, or an empty list for any other name."""
        prefix, _, name = path.partition("/")
        if prefix != PREFIX or name not in FILES:
            return []
        found = str(vendor() / name)
        return [found] if find_all else found

    def list(self, _ignored: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield both files, each with the storage that opens it."""
        storage = FileSystemStorage(location=vendor())
        storage.prefix = PREFIX  # type: ignore[attr-defined]
        for name in FILES:
            yield name, storage
