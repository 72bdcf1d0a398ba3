import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.processes

CHILD = """
import signal, sys, time
from vatio.processes.parent import end_with_parent
signal.signal(signal.SIGTERM, lambda *_: None)
end_with_parent(int(sys.argv[1]), within=1)
print("ready", flush=True)
while True:
    time.sleep(60)
"""
PARENT = """
import os, subprocess, sys
command = [sys.executable, "-c", sys.argv[1], str(os.getpid())]
child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
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


@pytest.mark.parametrize("obeys", [True, False])
def test_a_process_whose_parent_went_before_it_could_ask_goes_too(*, obeys: bool) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    child = CHILD.replace("signal.signal(", "#") if obeys else CHILD

    late = subprocess.run([sys.executable, "-c", child, str(gone.pid)], timeout=15, check=False)

    assert late.returncode == (-signal.SIGTERM if obeys else 1)


def _lives(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as about:
            return about.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
