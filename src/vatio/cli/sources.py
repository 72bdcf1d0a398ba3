"""`vatio sources add` and `vatio sources rotate`: the token that they print is not kept."""

import argparse
import json
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from vatio.cli.naming import account_of, source_called
from vatio.metering import tokens
from vatio.metering.models import DataSource
from vatio.refusal import Refused
from vatio.tenants.folding import tidy

Say = Callable[[str], None]
LONGEST = 120
"""Characters of a name."""


def run_add(arguments: argparse.Namespace, *, at: datetime, issued_at: datetime, say: Say) -> int:
    """Add an insertion source, and print its token, once.

    :param issued_at: the real time, by which tokens go.
    :raises Refused: if the name is empty, too long or taken, or nothing can be added.
    """
    source, token = tokens.add_with_token(
        account_of(arguments),
        name=_name(arguments.name),
        kind=DataSource.Kind.INSERTION,
        by=None,
        at=at,
        issued_at=issued_at,
    )
    _print(source, token, arguments, say)
    return 0


def run_rotate(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Print another token of an insertion source; the former goes on for `tokens.OVERLAP`.

    :param at: the real time, by which tokens go.
    """
    source = source_called(arguments.name, of=account_of(arguments))
    _print(source, tokens.rotate(source, by=None, at=at), arguments, say)
    return 0


def _name(text: str) -> str:
    name = tidy(text)
    if not 0 < len(name) <= LONGEST:
        raise Refused(
            _("Give --name a name of at most %(most)s characters.") % {"most": LONGEST},
            field="name",
        )
    return name


def _print(source: DataSource, token: str, arguments: argparse.Namespace, say: Say) -> None:
    """Print the token alone on its line, so that a program can take it as it is."""
    if not arguments.json:
        say(token)
        return
    found = {
        "account": source.account.name,
        "organisation": source.organisation.name,
        "source": source.name,
        "uid": str(source.uid),
        "token": token,
    }
    say(json.dumps(found, ensure_ascii=False))
