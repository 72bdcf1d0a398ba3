"""The template context of every page: its organisation, its menu and its messages."""

from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.translation import gettext as _

from vatio import clock
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.demo_clock import advancing
from vatio.demo_clock.filled import percent_filled
from vatio.notices.standing import MOST_COUNTED
from vatio.orders.models import Order
from vatio.tenants.models import Person
from vatio.web.shell import account_frame
from vatio.web.shell.access import led_by, roles_held
from vatio.web.shell.addresses import url
from vatio.web.shell.readiness import current_outflow
from vatio.web.shell.way_back import WayBack


@dataclass(frozen=True)
class Entry:
    """An entry of the menu."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


def page(request: HttpRequest) -> dict[str, object]:
    """Return a page's menu, its place (the words beside the logo) and its messages."""
    person = getattr(request, "user", None)
    organisation = getattr(request, "organisation", None)
    way_back = WayBack(request)
    known: dict[str, object] = {
        "messages": _messages(request),
        "organisation": organisation,
        "menu": [],
        "place": "",
        "page_time_zone": _time_zone(request),
        "initials": "",
        "demo_day": None,
        "csrf_input": csrf_input(request),
        "back": way_back.url,
        "onward": way_back.onward,
        "list_before": way_back.list_before,
        "page_before": way_back.page_before,
        "outflow": None,
        "unread_count": "0",
        "account_links": [],
        "account_choice": None,
    }
    if not isinstance(person, Person):
        return known
    if clock.follows():
        following = advancing.next_end()
        known["demo_moves"] = advancing.may_advance(person)
        known["demo_days_to_go"] = clock.days_to_go()
        known["demo_filled"] = percent_filled()
        known["demo_day"] = clock.today(DEPARTMENT_TIME_ZONE)
        known["demo_next"] = day_at(following, DEPARTMENT_TIME_ZONE) if following else None
    if person.is_commercial:
        known["outflow"] = current_outflow()
    known["menu"] = _menu(request, person)
    unread = roles_held(request).unread
    known["unread_count"] = f"{unread}" if unread < MOST_COUNTED else f"{MOST_COUNTED - 1}+"
    known["initials"] = "".join(word[0] for word in person.name.split()[:2]).upper()
    frame = account_frame.frame(request)
    if organisation is not None:
        known["place"] = organisation.name
    elif person.is_commercial:
        known["place"] = _("Commercial department")
    elif frame is not None:
        known["place"] = frame.account.name
    known["account_links"] = account_frame.links(request)
    known["account_choice"] = account_frame.choice(request)
    return known


def _time_zone(request: HttpRequest) -> str:
    """Return the time zone in which a page writes every moment, and which its foot names.

    It is the organisation's for whoever leads it, the account's for the account's own
    people, and else the department's."""
    organisation = getattr(request, "organisation", None)
    own = organisation.time_zone if organisation else DEPARTMENT_TIME_ZONE
    return getattr(request, "time_zone", own)


def _messages(request: HttpRequest) -> list[Any]:
    """Return what was done or refused since the last whole page, which is then forgotten.

    htmx takes a part of what it fetches, without the notices: they wait for the next page.
    """
    return [] if "HX-Request" in request.headers else list(get_messages(request))


def _menu(request: HttpRequest, person: Person) -> list[Entry]:
    led = led_by(request)
    entries = (
        [
            _entry(
                request,
                _("Manage accounts") if len(led) == 1 else f"{_('Manage accounts')} · {each.name}",
                url("accounts", each.slug),
                "accounts",
            )
            for each in led
        ]
        + [
            _entry(
                request,
                _("Portfolio") if len(led) == 1 else f"{_('Portfolio')} · {each.name}",
                url("portfolio", each.slug),
                "steps",
            )
            for each in led
        ]
        + [
            _entry(request, f"{_('People')} · {each.name}", url("people", each.slug), "person")
            for each in led
        ]
    )
    if roles_held(request).is_in_accounts:
        entries.append(_entry(request, _("My accounts"), url("my_accounts"), "accounts"))
    if person.is_commercial:
        waiting = Order.objects.visible_to(person).open().count()
        entries += [
            _entry(request, _("Commercial desk"), url("desk"), "inbox", waiting),
            _entry(request, _("Accounts"), url("desk_accounts"), "accounts"),
            _entry(request, _("Renewals"), url("desk_renewals"), "renew"),
            _entry(request, _("Licences"), url("licences"), "licence"),
            _entry(request, _("Organisations"), url("organisations"), "house"),
            _entry(request, _("RTC lines"), url("desk_lines"), "renew"),
            _entry(request, _("Messages"), url("messages"), "mail"),
            _entry(request, _("SMS credits spent"), url("desk_sms"), "steps"),
            _entry(request, _("Commercial department"), url("colleagues"), "person"),
        ]
    if led or person.is_commercial:
        entries.append(_entry(request, _("Exports"), url("downloads"), "export"))
    return entries


def _entry(
    request: HttpRequest, label: str, url: str, icon: str, count: int | None = None
) -> Entry:
    return Entry(label, url, icon, request.path == url, count)
