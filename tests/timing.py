"""Says at the end how long each folder of tests took: setting up, running and clearing away."""

from collections import Counter
from pathlib import PurePosixPath

import pytest

_seconds: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    file = report.nodeid.partition("::")[0]
    _seconds[str(PurePosixPath(file).parent)] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if len(_seconds) > 1:
        terminalreporter.write_sep("=", "seconds per folder")
        for folder, seconds in _seconds.most_common():
            terminalreporter.write_line(f"{seconds:8.1f}  {folder}")
