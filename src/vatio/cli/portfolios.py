"""`vatio accounts import`: what it prints."""

import argparse
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.cli.naming import organisation_called
from vatio.dates import written
from vatio.formats import number
from vatio.portfolios import importing, unread
from vatio.portfolios.columns import key_of
from vatio.portfolios.importing import Faulty, Plan, Planned
from vatio.portfolios.parsing import Fault
from vatio.refusal import Refused
from vatio.spreadsheets.tables import Unreadable
from vatio.spreadsheets.values import fold
from vatio.tenants.addresses import fold_address
from vatio.tenants.models import Person

Say = Callable[[str], None]

OPTIONS = {
    "ends": "--ends inclusive | --ends exclusive",
    "sheet": '--sheet "SHEET"',
    "columns": '--column "THEIRS=OURS"',
}
"""The option that says what a fault asks."""


def run(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Import a portfolio or, with --dry-run, print what each row would do; return the exit code.

    With a fault in any row nothing is imported, and the code is 1.
    """
    content = Path(arguments.file).read_bytes()
    try:
        plan = importing.plan(
            organisation_called(arguments.organisation),
            content,
            licences=dict(_mapped(arguments.licence, "--licence")),
            columns={
                theirs: ours and key_of(ours)
                for theirs, ours in _mapped(arguments.column, "--column", or_nothing=True)
            },
            sheet=arguments.sheet,
            ends=arguments.ends,
            at=at,
        )
    except Unreadable as unreadable:
        # Its words say the line themselves.
        line = unreadable.line if arguments.json else 0
        return _refuse([Fault(line, "", str(unreadable))], [], arguments, say)
    notes = [*unread.sentences(plan.portfolio), *_unmapped(plan, arguments.column)]
    try:
        if plan.faults:
            raise Faulty(plan.faults)
        by = _person(arguments.by) if arguments.by else None
        if not arguments.dry_run:
            importing.carry_out(plan, by=by, at=at)
    except Faulty as faulty:
        return _refuse(faulty.faults, notes, arguments, say)
    if arguments.json:
        say(json.dumps(_as_dict(plan, notes, dry=arguments.dry_run), ensure_ascii=False))
        return 0
    _say_all(notes, say)
    if arguments.dry_run:
        for planned in plan.accounts:
            say(_line(planned))
    say(_summary(plan, dry=arguments.dry_run))
    return 0


def _refuse(faults: list[Fault], notes: list[str], arguments: argparse.Namespace, say: Say) -> int:
    if arguments.json:
        rows = [
            {"line": fault.line, "column": fault.column, "fault": fault.words} for fault in faults
        ]
        answer = {"made": 0, "accounts": [], "faults": rows, "not_read": notes}
        say(json.dumps(answer, ensure_ascii=False))
        return 1
    _say_all(notes, say)
    for fault in faults:
        say(str(fault))
    answers = {fault.answer for fault in faults}
    for asked, options in OPTIONS.items():
        if asked in answers:
            say(_("To say it: %(options)s") % {"options": options})
    say(_("Nothing was imported."))
    return 1


def _say_all(notes: list[str], say: Say) -> None:
    for words in notes:
        say(words)


def _unmapped(plan: Plan, pairs: Iterable[str]) -> list[str]:
    """Return a sentence for each --column whose heading is not in the file."""
    headings = {fold(heading) for heading in plan.portfolio.columns.headings.values()}
    return [
        _("The file has no column «%(name)s».") % {"name": theirs}
        for theirs, _ours in _mapped(pairs, "--column", or_nothing=True)
        if fold(theirs) not in headings
    ]


def _person(email: str) -> Person:
    person = Person.objects.filter(
        email=fold_address(email), is_commercial=True, is_active=True
    ).first()
    if person is None:
        raise Refused(_("Nobody of the commercial department is %(email)s.") % {"email": email})
    return person


def _mapped(
    pairs: Iterable[str], option: str, *, or_nothing: bool = False
) -> Iterable[tuple[str, str]]:
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs.strip() or not (ours.strip() or or_nothing):
            raise Refused(
                _('Write %(option)s as "THEIRS=OURS", not «%(text)s».')
                % {"option": option, "text": pair}
            )
        yield theirs, ours.strip()


def _line(planned: Planned) -> str:
    row = planned.row
    quantities = [
        f"{number(total)} {unit.short}"
        for unit, total in planned.totals.items()
        if total is not None
    ]
    where = _("line %(line)s") % {"line": row.line}
    days = f"{written(row.starts_on)} – {written(row.ends_on)}"
    parts = [row.name, planned.version.licence.name, ", ".join(quantities), days, _state(planned)]
    return f"{where}: {' · '.join(parts)}"


def _state(planned: Planned) -> str:
    if planned.state == "expired":
        return _("expired")
    return _("yet to start") if planned.state == "waiting" else _("active")


def _summary(plan: Plan, *, dry: bool) -> str:
    count = len(plan.accounts)
    words = (
        ngettext("%(num)s account would be imported", "%(num)s accounts would be imported", count)
        if dry
        else ngettext("%(num)s account imported", "%(num)s accounts imported", count)
    )
    active, expired, waiting = map(plan.count, ("active", "expired", "waiting"))
    parts = [
        ngettext("%(num)s active", "%(num)s active", active) % {"num": number(active)},
        ngettext("%(num)s expired", "%(num)s expired", expired) % {"num": number(expired)},
        ngettext("%(num)s yet to start", "%(num)s yet to start", waiting)
        % {"num": number(waiting)},
    ]
    return f"{words % {'num': number(count)}}: {', '.join(parts)}."


def _as_dict(plan: Plan, notes: list[str], *, dry: bool) -> dict[str, object]:
    return {
        "made": 0 if dry else len(plan.accounts),
        "active": plan.count("active"),
        "expired": plan.count("expired"),
        "yet_to_start": plan.count("waiting"),
        "unknown_columns": plan.portfolio.columns.unknown,
        "not_read": notes,
        "faults": [],
        "accounts": [
            {
                "line": planned.row.line,
                "name": planned.row.name,
                "licence": planned.version.licence.name,
                **planned.totals.columns(),
                "sms_credits": planned.row.sms_credits,
                "starts_on": planned.row.starts_on.isoformat(),
                "ends_on": planned.row.ends_on.isoformat(),
                "state": planned.state,
            }
            for planned in plan.accounts
        ],
    }
