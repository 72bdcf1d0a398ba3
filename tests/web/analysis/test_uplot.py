import hashlib
import sys

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from vatio.web.analysis import uplot
from vatio.web.shell.security_headers import POLICY

SCRIPT = "2d27e8ad3d228164525ce213f9dc716f39b4e3aee0cc773fb3491c96cf4921a2"
"""SHA-256 of dist/uPlot.iife.min.js of uPlot 1.6.31, as its authors published it."""


def served(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_script_is_served_byte_for_byte_as_its_authors_published_it() -> None:
    content = served("/static/uplot/uplot.iife.min.js")

    assert hashlib.sha256(content).hexdigest() == SCRIPT
    assert "youplot" not in sys.modules


def test_its_stylesheet_is_served_and_brings_nothing_from_elsewhere() -> None:
    content = served("/static/uplot/uplot.min.css")

    assert b".u-over" in content
    assert b"url(" not in content
    assert b"@import" not in content


def test_both_come_from_where_the_policy_of_the_pages_allows() -> None:
    assert "script-src 'self'" in POLICY
    assert "style-src 'self'" in POLICY


@pytest.mark.parametrize(
    "path",
    [
        "uplot/__init__.py",
        "uplot/../__init__.py",
        "uplot/",
        "uplot",
        "uplot.min.css",
        "vendor/uplot.min.css",
    ],
)
def test_nothing_else_of_the_package_is_found(path: str) -> None:
    assert uplot.UPlotFinder().find(path) == []


def test_a_server_that_lists_its_files_at_the_start_lists_these_two() -> None:
    listed = {
        f"{storage.prefix}/{name}": storage.path(name)
        for finder in finders.get_finders()
        if isinstance(finder, uplot.UPlotFinder)
        for name, storage in finder.list(None)
    }

    assert listed == {f"uplot/{name}": str(uplot.vendor() / name) for name in uplot.FILES}
