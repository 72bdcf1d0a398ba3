"""The command `vatio`: sets Django up, runs one command, and prints an error as one line."""

import importlib
import os
import sys
from importlib import metadata

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError

from vatio import env
from vatio.cli import arguments
from vatio.notifications.sms_gateway import (
    BadGateway,
    SmsOutcomeUnknown,
    SmsRefusal,
    SmsUnreachable,
)
from vatio.notifications.smtp import BadAddress, OutcomeUnknown, Refusal, Unreachable
from vatio.postgres import environment
from vatio.postgres.errors import ServerProblem
from vatio.processes import early
from vatio.processes.supervisor import CannotStart
from vatio.refusal import Refused

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT."""


def main() -> int:
    """Run the command that was typed, and return its exit code."""
    if sys.argv[1:] == ["--version"]:
        print(f"vatio {metadata.version('vatio')}")
        return 0
    # Help is printed, and what is no command refused, before any setting is read.
    typed = arguments.read(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatio.settings")
    environment.forget_libpq()
    try:
        if sys.argv[1:] == ["run"]:
            early.begin()
        django.setup()
        # The commands import models, and that works only once Django is set up.
        commands = importlib.import_module(f"vatio.cli.{typed.module}")
        code: int = getattr(commands, typed.command)(typed)
    except (ServerProblem, CannotStart, Refused, env.WrongSetting, ImproperlyConfigured) as error:
        return _fail(str(error))
    except (BadAddress, BadGateway, Refusal) as error:
        return _fail(str(error))
    except (SmsRefusal, SmsUnreachable, SmsOutcomeUnknown) as error:
        return _fail(f"The SMS gateway: {error}.")
    except (Unreachable, OutcomeUnknown) as error:
        return _fail(f"The mail server: {error}.")
    except (DatabaseError, psycopg.Error) as error:
        return _fail(f"The database cannot be used: {' '.join(str(error).split())}")
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _fail(f"{error.filename or 'Vatio'}: {error.strerror or error}.")
    finally:
        early.drop()
    return code


def _fail(words: str) -> int:
    # What was begun early says nothing of what stops `vatio run` too, which says so itself.
    early.wait()
    try:
        print(words, file=sys.stderr, flush=True)
    except OSError:
        return 1
    return 1


if __name__ == "__main__":
    sys.exit(main())
