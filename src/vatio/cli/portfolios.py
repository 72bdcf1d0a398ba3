"""`vatio accounts import`: its arguments, and what it prints."""

import argparse
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.formats import number
from vatio.portfolios import importing
from vatio.portfolios.importing import Faulty, Plan, Planned
from vatio.portfolios.parsing import Fault
from vatio.portfolios.spreadsheet import Unreadable
from vatio.refusal import Refused
from vatio.tenants.addresses import fold_address
from vatio.tenants.folding import fold_in_database, tidy
from vatio.tenants.models import Organisation, Person

Say = Callable[[str], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="xlsx, xls, ods or csv")
    parser.add_argument("--organisation", required=True, metavar="NAME")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument(
        "--licence", action="append", default=[], metavar="THEIRS=OURS", help="map a licence's name"
    )
    parser.add_argument("--ends", choices=["exclusive", "inclusive"], default="")
    parser.add_argument(
        "--by", default="", metavar="EMAIL", help="who of the commercial department"
    )
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Import a portfolio or, with --dry-run, print what each row would do; return the exit code.

    With a fault in any row nothing is imported, and the code is 1.
    """
    try:
        plan = importing.plan(
            _organisation(arguments.organisation),
            Path(arguments.file).read_bytes(),
            licences=dict(_mapped(arguments.licence)),
            ends=arguments.ends,
            at=at,
        )
        if plan.faults:
            raise Faulty(plan.faults)
        by = _person(arguments.by) if arguments.by else None
        if not arguments.dry_run:
            importing.carry_out(plan, by=by, at=at)
    except Faulty as faulty:
        return _refuse(faulty.faults, arguments, say)
    except Unreadable as unreadable:
        return _refuse([Fault(0, "", str(unreadable))], arguments, say)
    if arguments.json:
        say(json.dumps(_as_dict(plan, dry=arguments.dry_run), ensure_ascii=False))
        return 0
    for name in plan.unknown:
        say(_("The column «%(name)s» is not known: it is left out.") % {"name": name})
    if arguments.dry_run:
        for planned in plan.accounts:
            say(_line(planned))
    say(_summary(plan, dry=arguments.dry_run))
    return 0


def _refuse(faults: list[Fault], arguments: argparse.Namespace, say: Say) -> int:
    if arguments.json:
        rows = [
            {"line": fault.line, "column": fault.column, "fault": fault.words} for fault in faults
        ]
        say(json.dumps({"made": 0, "accounts": [], "faults": rows}, ensure_ascii=False))
        return 1
    for fault in faults:
        say(str(fault))
    say(_("Nothing was imported."))
    return 1


def _organisation(name: str) -> Organisation:
    organisation = Organisation.objects.filter(name_folded=fold_in_database(tidy(name))).first()
    if organisation is None:
        raise Refused(_("There is no organisation called «%(name)s».") % {"name": name})
    return organisation


def _person(email: str) -> Person:
    person = Person.objects.filter(
        email=fold_address(email), is_commercial=True, is_active=True
    ).first()
    if person is None:
        raise Refused(_("Nobody of the commercial department is %(email)s.") % {"email": email})
    return person


def _mapped(pairs: Iterable[str]) -> Iterable[tuple[str, str]]:
    for pair in pairs:
        theirs, equals, ours = pair.partition("=")
        if not equals or not theirs.strip() or not ours.strip():
            raise Refused(_('Write --licence as "THEIRS=OURS", not «%(text)s».') % {"text": pair})
        yield theirs, ours


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
    words = (
        _(
            "%(all)s accounts would be imported: %(active)s active, %(expired)s expired,"
            " %(waiting)s yet to start."
        )
        if dry
        else _(
            "%(all)s accounts imported: %(active)s active, %(expired)s expired,"
            " %(waiting)s yet to start."
        )
    )
    return words % {
        "all": number(len(plan.accounts)),
        "active": number(plan.count("active")),
        "expired": number(plan.count("expired")),
        "waiting": number(plan.count("waiting")),
    }


def _as_dict(plan: Plan, *, dry: bool) -> dict[str, object]:
    return {
        "made": 0 if dry else len(plan.accounts),
        "active": plan.count("active"),
        "expired": plan.count("expired"),
        "yet_to_start": plan.count("waiting"),
        "unknown_columns": plan.unknown,
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
