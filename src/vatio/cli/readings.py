"""`vatio readings import` and `vatio readings sum`: what they read, and what they print."""

import argparse
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.cli.naming import account_of
from vatio.entitlements.question import entitlement
from vatio.formats import amount, number
from vatio.keys import parse_uuid
from vatio.metering.cups import parse_cups
from vatio.metering.models import DataPoint, Site, SupplyPoint
from vatio.metering.quantities import QUANTITIES
from vatio.readings import importing, stretches, sums
from vatio.readings.days import ReadingCounts
from vatio.readings.files.asking import MustBeAsked
from vatio.readings.files.curves import CurveOptions
from vatio.readings.files.unpacking import Member, unpacked
from vatio.readings.importing import CurveChoice, FileReport
from vatio.readings.stretches import ACTIVE_ENERGY, Stretch
from vatio.readings.sums import EnergySum
from vatio.refusal import Refused
from vatio.spreadsheets.tables import Unreadable
from vatio.tenants.folding import fold_in_database, tidy
from vatio.units import Unit

Say = Callable[[str], None]
SUMMED = ("day", "month", "period")


def run_import(arguments: argparse.Namespace, *, at: datetime, say: Say, warn: Say) -> int:
    """Import a file of load curves, or each of an archive; return the exit code.

    `warn` prints to stderr: each refused row with its line and code, which stops nothing. The
    code is 1 if a file cannot be read, or leaves open what must be asked.
    """
    account = account_of(arguments)
    file = Path(arguments.file)
    told, choice = _told(arguments), _choice(account, arguments, at)
    reports, code = [], 0
    for member in unpacked(file.read_bytes(), file.name):
        try:
            reports.append(_import(account, member, told, choice, arguments.dry_run, at))
        except (MustBeAsked, Unreadable) as refused:
            code = 1
            warn(f"{member.name}: {refused}")
    if not reports:
        return code
    for report in reports:
        for row in report.refused:
            line = _("line %(line)s") % {"line": row.line}
            warn(f"{line}: {row.code}: {row.why}")
    if arguments.json:
        say(json.dumps(_as_dict(reports, dry=arguments.dry_run), ensure_ascii=False))
    else:
        _tell(reports, dry=arguments.dry_run, say=say)
    return code


def _import(
    account: Account,
    member: Member,
    told: CurveOptions,
    choice: CurveChoice,
    dry_run: bool,
    at: datetime,
) -> FileReport:
    if dry_run:
        return importing.plan(
            account, member.content, name=member.name, told=told, choice=choice, at=at
        )
    return importing.carry_out(
        account, member.content, name=member.name, told=told, choice=choice, by=None, at=at
    )


def _told(arguments: argparse.Namespace) -> CurveOptions:
    return CurveOptions(
        label=arguments.label,
        unit=arguments.unit,
        time_zone=arguments.zone or None,
        kind=arguments.kind,
        cups=parse_cups(arguments.cups).code if arguments.cups else None,
        minutes=arguments.minutes,
        decimal=arguments.decimal,
    )


def _choice(account: Account, arguments: argparse.Namespace, at: datetime) -> CurveChoice:
    """Return what of the file is taken.

    `--create` makes data points of every column that holds something, unless the account's
    licence counts them: then of the active energy alone.
    """
    point = _data_point(account, arguments.data_point) if arguments.data_point else None
    held = entitlement(account, at=at).rooms[Unit.DATA_POINTS].held
    every = arguments.create and held is None
    return CurveChoice(point=point, create=arguments.create, digits=arguments.digits, every=every)


def _data_point(account: Account, text: str) -> DataPoint:
    points = DataPoint.objects.filter(account=account).select_related("meter")
    uid = parse_uuid(text)
    point = points.filter(uid=uid).first() if uid else None
    if point is None:
        raise Refused(_("The account has no data point «%(uid)s».") % {"uid": text})
    return point


def _counted(reports: Iterable[FileReport]) -> tuple[ReadingCounts, dict[str, float]]:
    """Return what became of the main curves of files, and their figures."""
    counts = ReadingCounts()
    figures = {"intervals": 0.0, "missing": 0.0, "total": 0.0}
    for report in reports:
        for each in report.main:
            counts += each.counts
            figures["intervals"] += each.figures.intervals
            figures["missing"] += each.figures.missing
            figures["total"] += each.figures.total
    return counts, figures


def _as_dict(reports: list[FileReport], *, dry: bool) -> dict[str, object]:
    counts, figures = _counted(reports)
    made: dict[str, object] = {
        "intervals": int(figures["intervals"]),
        "new": counts.new,
        "same": counts.same,
        "corrected": counts.corrected,
        "refused": sum(len(report.refused) for report in reports),
        "missing": int(figures["missing"]),
        "kwh": _shown(figures["total"], 1000),
    }
    made |= {"outranked": counts.outranked} if counts.outranked else {}
    made |= {"held": counts.held} if counts.held else {}
    made |= {"dry_run": True} if dry else {}
    others = [
        {
            "cups": each.curve.cups,
            "quantity": each.curve.quantity,
            "minutes": each.curve.minutes,
            "taken": each.is_taken,
            "intervals": each.figures.intervals,
            "missing": each.figures.missing,
            "value": _shown(each.figures.total, QUANTITIES[each.curve.quantity].factor),
            "unit": QUANTITIES[each.curve.quantity].shown,
        }
        for report in reports
        for each in report.curves
    ]
    return made | {"curves": others}


def _tell(reports: list[FileReport], *, dry: bool, say: Say) -> None:
    for report in reports:
        for note in report.file.notes:
            say(note)
        for each in report.curves:
            if each.is_taken:
                quantity = QUANTITIES[each.curve.quantity]
                shown = _shown(each.figures.total, quantity.factor)
                say(
                    f"{each.curve.cups or '–'} · {quantity.label}: {amount(shown)} {quantity.shown}"
                )
    counts, figures = _counted(reports)
    say(
        _(
            "%(intervals)s intervals, %(missing)s missing: %(new)s new, %(same)s the same,"
            " %(corrected)s corrected, %(refused)s rows refused."
        )
        % {
            "intervals": number(int(figures["intervals"])),
            "missing": number(int(figures["missing"])),
            "new": number(counts.new),
            "same": number(counts.same),
            "corrected": number(counts.corrected),
            "refused": number(sum(len(report.refused) for report in reports)),
        }
    )
    say(_("This would happen.") if dry else _("The readings were stored."))


def _shown(total: float, factor: float) -> float:
    """Return an amount in the unit of the page, without the noise of its last binary digits."""
    return round(total / factor, 6)


def run_sum(arguments: argparse.Namespace, *, say: Say) -> int:
    """Add readings up over days, half-open, and print the sum with what is missing."""
    account = account_of(arguments)
    since, until = arguments.since, arguments.until
    if until <= since:
        raise Refused(_("--to is the first day that no longer counts: it comes after --from."))
    quantity = arguments.quantity or ACTIVE_ENERGY
    counting, quantity = _stretches(account, arguments, since, until, quantity)
    found = sums.add_up(
        account.pk,
        counting,
        quantity=quantity,
        by=arguments.by or "",
        known_at=_known_at(arguments.known_at, account),
    )
    if arguments.json:
        say(json.dumps(_sum_as_dict(found), ensure_ascii=False))
        return 0
    unit = QUANTITIES[found.quantity].shown if found.quantity in QUANTITIES else ""
    for name, value in found.by.items():
        say(f"{name}: {amount(_shown(value, found.factor))} {unit}")
    say(f"{amount(_shown(found.total, found.factor))} {unit}")
    say(
        _("%(intervals)s intervals, %(missing)s missing")
        % {"intervals": number(found.intervals), "missing": number(found.missing)}
    )
    return 0


def _stretches(
    account: Account, arguments: argparse.Namespace, since: date, until: date, quantity: int
) -> tuple[list[Stretch], int]:
    """Return what is added up, and its quantity: that of the data point, if one is named."""
    if arguments.data_point:
        point = _data_point(account, arguments.data_point)
        return stretches.of_data_point(point, since, until), point.quantity
    if arguments.site:
        site = _site(account, arguments.site)
        return stretches.of_site(site, since, until, quantity=quantity), quantity
    code = parse_cups(arguments.cups).code
    points = SupplyPoint.objects.filter(account=account, cups=code).order_by("service", "-pk")
    supplied = points.first()
    if supplied is None:
        raise Refused(_("The account has no supply point «%(cups)s».") % {"cups": code})
    return stretches.of_supply_point(supplied, since, until, quantity=quantity), quantity


def _site(account: Account, name: str) -> Site:
    found = Site.objects.filter(account=account, name_folded=fold_in_database(tidy(name)))
    site = found.order_by("pk").first()
    if site is None:
        raise Refused(
            _("%(account)s has no site called «%(name)s».")
            % {"account": account.name, "name": name}
        )
    return site


def _known_at(moment: datetime | None, account: Account) -> float | None:
    """Return a moment as seconds since 1970; without an offset it is of the account's zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(account.time_zone))
    return moment.timestamp()


def _sum_as_dict(found: EnergySum) -> dict[str, object]:
    value = _shown(found.total, found.factor)
    shown = QUANTITIES[found.quantity].shown if found.quantity in QUANTITIES else ""
    named: dict[str, object] = {"kwh": value} if shown == "kWh" else {}
    if found.quantity != ACTIVE_ENERGY:
        named |= {"value": value, "unit": shown, "quantity": found.quantity}
    return {
        **named,
        "intervals": found.intervals,
        "missing": found.missing,
        "by": {name: _shown(part, found.factor) for name, part in found.by.items()},
    }
