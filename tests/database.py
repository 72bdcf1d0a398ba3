"""Gives the tests a server of their own, before Django is set up."""

import atexit
import os
from pathlib import Path

import psycopg

from vatio.postgres import server

SIDE = os.environ.get("PYTEST_XDIST_WORKER", "").replace("gw", "-")
"""Which of several runs at a time this is: each has a server of its own, and roles of its own."""

HOME = Path(__file__).resolve().parent.parent / f".vatio-test{SIDE}"

os.environ["DJANGO_SETTINGS_MODULE"] = "vatio.settings"
os.environ["VATIO_HOME"] = str(HOME)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
for name in ("DATABASE_URL", "VATIO_DEMO", "VATIO_URL", "PORT"):
    os.environ.pop(name, None)

_server = server.ensure(HOME)
atexit.register(_server.stop)
os.environ["VATIO_DATABASE_SOCKET"] = str(_server.socket)
os.environ["VATIO_DATABASE_ROLE"] = "vatio_owner"
with psycopg.connect(host=str(_server.socket), user="vatio", dbname="postgres") as _connection:
    _connection.execute("ALTER ROLE vatio_owner CREATEDB")
