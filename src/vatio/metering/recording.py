"""Records what is done to an installation in the account's history."""

from datetime import datetime

from vatio.history.recording import record
from vatio.metering.models import OfAccount
from vatio.tenants.models import Person

COMMAND = "command"
"""The rule behind what was done by a command: nobody signs in to type one."""


def record_installation(
    what: str, thing: OfAccount, *, name: str, by: Person | None, at: datetime, **facts: object
) -> None:
    """Record that a thing was added, changed, retired, returned or removed.

    :param what: the past participle that the verb of the act ends in.
    :param by: None for what a command did.
    """
    record(
        f"installation.{what}",
        at=at,
        by=by,
        rule="" if by else COMMAND,
        organisation=thing.organisation,
        account_id=thing.account_id,
        facts={"kind": type(thing).__name__, "name": name, **facts},
    )
