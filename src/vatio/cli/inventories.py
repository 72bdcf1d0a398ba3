"""`vatio inventory import` and `vatio inventory export`: their arguments, and what they print."""

import argparse
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from vatio.cli.naming import account_of
from vatio.formats import number
from vatio.metering.inventory import exporting, reading, writing
from vatio.metering.inventory.planning import InventoryPlan, plan
from vatio.metering.inventory.reading import CellFault, FaultyInventory
from vatio.metering.inventory.sheets import SHEETS
from vatio.metering.inventory.words import WHAT
from vatio.spreadsheets.tables import Unreadable

Say = Callable[[str], None]


def run_import(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Import an inventory or, with --dry-run, print what it would do; return the exit code.

    With a fault in any cell nothing is imported, and the code is 1.
    """
    account = account_of(arguments)
    file = Path(arguments.file)
    try:
        inventory = reading.read(file.read_bytes())
    except Unreadable as unreadable:
        return _refuse([CellFault("", 0, "", str(unreadable))], [], arguments, say)
    try:
        if arguments.dry_run:
            found = plan(account, inventory, at=at)
            if found.faults:
                raise FaultyInventory(found.faults)
        else:
            found = writing.carry_out(account, inventory, file_name=file.name, by=None, at=at)
    except FaultyInventory as faulty:
        return _refuse(faulty.faults, inventory.notes, arguments, say)
    if arguments.json:
        say(json.dumps(_as_dict(found, dry=arguments.dry_run), ensure_ascii=False))
        return 0
    for words in found.notes:
        say(words)
    for kind, counts in found.by_kind():
        parts = [f"{WHAT[what]}: {number(counts[what])}" for what in WHAT if counts[what]]
        say(f"{SHEETS[kind].label}: {', '.join(parts)}")
    say(_("This would happen.") if arguments.dry_run else _("The inventory was imported."))
    return 0


def run_export(arguments: argparse.Namespace, *, say: Say) -> int:
    """Write the inventory of an account into a workbook."""
    account = account_of(arguments)
    with exporting.workbook(account) as made, Path(arguments.file).open("wb") as file:
        shutil.copyfileobj(made, file)
    say(_("The inventory was written to %(file)s.") % {"file": arguments.file})
    return 0


def _refuse(
    faults: list[CellFault], notes: list[str], arguments: argparse.Namespace, say: Say
) -> int:
    if arguments.json:
        rows = [
            {
                "sheet": fault.sheet,
                "line": fault.line,
                "column": fault.column,
                "fault": fault.words,
            }
            for fault in faults
        ]
        say(json.dumps({**dict.fromkeys(WHAT, 0), "faults": rows, "not_read": notes}))
        return 1
    for words in [*notes, *map(str, faults)]:
        say(words)
    say(_("Nothing was imported."))
    return 1


def _as_dict(found: InventoryPlan, *, dry: bool) -> dict[str, object]:
    return {
        **{what: found.count(what) for what in WHAT},
        "unchanged": found.unchanged,
        "dry_run": dry,
        "sheets": {kind: dict(counts) for kind, counts in found.by_kind()},
        "faults": [],
        "not_read": found.notes,
    }
