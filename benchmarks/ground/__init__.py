"""What the benchmarks need: a server of their own, filled by set-based SQL, and a stopwatch.

Importing this package starts the server and sets Django up.
"""

import atexit
import os
from pathlib import Path

import django

from vatio.postgres import server

HOME = Path(__file__).resolve().parents[2] / ".vatio-bench"

for name in ("DATABASE_URL", "VATIO_DEMO", "VATIO_URL", "PORT"):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "vatio.settings"
os.environ["VATIO_HOME"] = str(HOME)

SERVER = server.ensure(HOME)
atexit.register(SERVER.stop)
os.environ["VATIO_DATABASE_SOCKET"] = str(SERVER.socket)
os.environ["VATIO_DATABASE_ROLE"] = "vatio_owner"
django.setup()
