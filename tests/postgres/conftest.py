"""A home for a server of one test, and a machine that refuses user namespaces."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.keeping import left


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = Path("/tmp") / f"vatio-test-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    yield folder / "home"
    assert left(folder) == []
    elsewhere = folder / "home" / "elsewhere"
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def without_namespaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse user namespaces, as most containers do."""
    shim = Path(tempfile.mkdtemp(prefix="vatio-shim-"))
    shim.chmod(0o755)
    (shim / "unshare").write_text("#!/bin/sh\necho 'Operation not permitted' >&2\nexit 1\n")
    (shim / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim}:{os.environ['PATH']}")
    yield
    shutil.rmtree(shim)
