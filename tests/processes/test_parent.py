import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.processes

CHILD = """
import signal, time
from vatio.processes.parent import die_with_parent, outlive_parent_by
signal.signal(signal.SIGTERM, lambda *_: None)
die_with_parent(signal.SIGTERM)
outlive_parent_by(1)
print("ready", flush=True)
while True:
    time.sleep(60)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_process_that_hangs_goes_soon_after_its_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    began = time.monotonic()
    while _lives(child) and time.monotonic() < began + 15:
        time.sleep(0.1)

    assert not _lives(child)
    assert time.monotonic() - began > 0.9


def _lives(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as about:
            return about.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
