"""`vatio tariffs import`: its arguments, and what it prints."""

import argparse
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.formats import number
from vatio.spreadsheets.tables import Unreadable
from vatio.tariffs import importing
from vatio.tariffs.importing import FaultyPrices, PriceChange, PricePlan, What
from vatio.tariffs.kinds import SHAPES, PriceKind
from vatio.tariffs.parsing import PriceFault, PriceState

Say = Callable[[str], None]

ONE_DAY = timedelta(days=1)

WHAT: tuple[What, ...] = ("new", "changed", "withdrawn", "same")


def run(arguments: argparse.Namespace, *, say: Say) -> int:
    """Import prices or, with --dry-run, print what the file would change; return the exit code.

    With a fault in any line nothing is imported, and the code is 1.
    """
    content = Path(arguments.file).read_bytes()
    try:
        if arguments.dry_run:
            found = importing.plan(content)
            if found.faults:
                raise FaultyPrices(found.faults)
        else:
            found = importing.carry_out(content)
    except Unreadable as unreadable:
        return _refuse([], str(unreadable), arguments, say)
    except FaultyPrices as faulty:
        return _refuse(faulty.faults, "", arguments, say)
    if arguments.json:
        say(json.dumps(_as_dict(found, dry=arguments.dry_run), ensure_ascii=False))
        return 0
    for change in found.changes:
        if change.what in ("changed", "withdrawn"):
            say(_sentence(change))
    say(_summary(found))
    say(_("This would happen.") if arguments.dry_run else _("The prices were imported."))
    return 0


def _refuse(faults: list[PriceFault], why: str, arguments: argparse.Namespace, say: Say) -> int:
    if arguments.json:
        rows = [
            {"line": fault.line, "column": fault.column, "fault": fault.words} for fault in faults
        ] or [{"line": 0, "column": "", "fault": why}]
        say(json.dumps({**dict.fromkeys(WHAT, 0), "faults": rows}, ensure_ascii=False))
        return 1
    for words in map(str, faults) if faults else [why]:
        say(words)
    say(_("Nothing was imported."))
    return 1


def _sentence(change: PriceChange) -> str:
    """Say which price changes, and from what to what."""
    key = change.key
    parts = [str(SHAPES[PriceKind(key.kind)].label), key.variant, key.tariff, key.territory]
    parts += [f"P{key.period}" if key.period else "", written(key.valid_from)]
    words = " · ".join(part for part in parts if part)
    if change.line:
        words = f"{_('line %(line)s') % {'line': change.line}}: {words}"
    after = _state(change.after) if change.after else _("withdrawn")
    return f"{words}: {_state(change.before)} → {after}" if change.before else words


def _state(price: PriceState) -> str:
    """Say what a price is: its value, its last day, the last day checked, and its source."""
    parts = [f"{price.value.normalize():f}"]
    if price.valid_to is not None:
        parts.append(_("until %(day)s") % {"day": written(price.valid_to - ONE_DAY)})
    parts.append(_("known until %(day)s") % {"day": written(price.known_until - ONE_DAY)})
    return ", ".join([*parts, price.source])


def _summary(found: PricePlan) -> str:
    counts = found.count()
    return _(
        "New: %(new)s, changed: %(changed)s, withdrawn: %(withdrawn)s, the same: %(same)s."
    ) % {what: number(counts[what]) for what in WHAT}


def _as_dict(found: PricePlan, *, dry: bool) -> dict[str, object]:
    counts = found.count()
    return {
        **{what: counts[what] for what in WHAT},
        "dry_run": dry,
        "faults": [],
        "changes": [
            {
                "line": change.line,
                "what": change.what,
                **change.key._asdict(),
                "valid_from": change.key.valid_from.isoformat(),
                "before": str(change.before.value) if change.before else None,
                "after": str(change.after.value) if change.after else None,
            }
            for change in found.changes
            if change.what != "same"
        ],
    }
