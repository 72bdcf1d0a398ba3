"""What is open in an account, each thing with the page on which it is mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.alerts.listing import open_of
from vatio.analysis.figures import DayFigures
from vatio.consumption.account_freshness import SourceFreshness
from vatio.consumption.overview import LATELY, Overview
from vatio.orders.labels import KINDS
from vatio.orders.models import Order
from vatio.readings.resettling import meters_changed
from vatio.readings.waiting import waiting
from vatio.tenants.models import Person
from vatio.web.shell.account_frame import AccountFrame
from vatio.web.shell.addresses import url

MOST = 5
"""How many things of a kind are listed."""


@dataclass(frozen=True)
class OpenThing:
    """Something that waits for somebody: its icon, its words, and where it is mended."""

    icon: str
    words: str
    url: str


def open_things(
    frame: AccountFrame, found: Overview, person: Person, *, at: datetime
) -> list[OpenThing]:
    """Return what is open for a person: what they can do something about, and what is missing."""
    made = [*_alerts(frame), *_orders(frame, person)]
    if frame.may_change:
        made += [*_devices(frame), *_changes(frame, at)]
    made += [_late(frame, each) for each in found.sources if each.fresh.is_late]
    return made + _missing(frame, found)


def _alerts(frame: AccountFrame) -> list[OpenThing]:
    """Return the open episodes of alerts, the latest first, and the way to the others."""
    found = open_of(frame.account, most=MOST + 1)
    made = [
        OpenThing(
            "warn",
            _("Alert: %(name)s") % {"name": each.rule.name},
            url("alert_episode", frame.account.uid, each.uid),
        )
        for each in found[:MOST]
    ]
    if len(found) > MOST:
        address = f"{url('alerts', frame.account.uid)}?state=open"
        made.append(OpenThing("warn", _("All open alerts"), address))
    return made


def _orders(frame: AccountFrame, person: Person) -> list[OpenThing]:
    """Return the open orders of the account, to those who lead it."""
    if not frame.leads:
        return []
    own = Order.objects.visible_to(person).filter(account=frame.account).open()
    return [
        OpenThing(
            "inbox",
            _("%(kind)s, order %(number)s: it is being reviewed")
            % {"kind": KINDS[each.kind], "number": each.number},
            url("order", each.uid),
        )
        for each in own.order_by("-submitted_at", "-id")[:MOST]
    ]


def _devices(frame: AccountFrame) -> list[OpenThing]:
    count = len(waiting(frame.account, proposes=False))
    words = ngettext(
        "%(num)s device waits to be accepted", "%(num)s devices wait to be accepted", count
    )
    address = url("installation_waiting", frame.account.uid)
    return [OpenThing("inbox", words % {"num": count}, address)] if count else []


def _changes(frame: AccountFrame, at: datetime) -> list[OpenThing]:
    since = at - timedelta(days=LATELY)
    return [
        OpenThing(
            "info",
            _("%(meter)s: its register seems to be another meter's") % {"meter": each.name},
            url("meter", frame.account.uid, each.uid),
        )
        for each in meters_changed(frame.account, since=since)[:MOST]
    ]


def _late(frame: AccountFrame, source: SourceFreshness) -> OpenThing:
    """Return the way to a source that is silent, or to which of its data points are."""
    account, fresh = frame.account, source.fresh
    name = source.name or _("Without a source")
    words = _("Late data: %(name)s") % {"name": name}
    if source.uid is not None and fresh.late == fresh.expected:
        return OpenThing("clock", words, url("source", account.uid, source.uid))
    return OpenThing("clock", words, f"{url('data_quality', account.uid)}?sort=-since")


def _missing(frame: AccountFrame, found: Overview) -> list[OpenThing]:
    """Return what is missing of the days up to the last one with data."""
    if found.lately.is_empty:
        return []
    none = [each for each in found.come if not each.present]
    part = [each for each in found.come if each.partial]
    estimated = [each for each in found.come if each.estimated]
    return [
        OpenThing("warn", words % {"num": len(days)}, _quality(frame, days, part_of_page))
        for days, words, part_of_page in (
            (
                none,
                ngettext("%(num)s day without data", "%(num)s days without data", len(none)),
                "gaps",
            ),
            (
                part,
                ngettext("%(num)s day lacks a part", "%(num)s days lack a part", len(part)),
                "gaps",
            ),
            (
                estimated,
                ngettext(
                    "%(num)s day estimated, at least in part",
                    "%(num)s days estimated, at least in part",
                    len(estimated),
                ),
                "estimates",
            ),
        )
        if days
    ]


def _quality(frame: AccountFrame, days: Sequence[DayFigures], part_of_page: str) -> str:
    """Return the address of «Calidad de datos», of one month where all of the days are in it."""
    months = {f"{each.day:%Y-%m}" for each in days}
    period = f"?period={months.pop()}" if len(months) == 1 else ""
    return f"{url('data_quality', frame.account.uid)}{period}#{part_of_page}"
