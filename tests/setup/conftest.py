"""A folder for the platform of one test, which leaves no process behind."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.keeping import left


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path("/tmp") / f"vatio-run-{os.getpid()}-{time.monotonic_ns()}"
    made.mkdir()
    yield made
    assert left(made, seconds=20) == []
    shutil.rmtree(made)
