"""The frame of an account's pages: its second line of links, and the way to other accounts."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts.models import Account, AccountRole
from vatio.orders.lockout import is_shut
from vatio.tenants.models import Person
from vatio.web.shell.access import Request, led_by, roles_held
from vatio.web.shell.way_back import WayBack

ROUTE = "accounts/<uuid:uid>/"
"""What the addresses of an account's pages begin with."""

MOST = 10
"""How many accounts the menu of accounts lists; of more, it leads to «Mis cuentas»."""


@dataclass(frozen=True)
class Link:
    """A link of the second line, and whether the page is in that part of the account."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class AccountFrame:
    """The account that a page is about, and what the person may do in it.

    `leads` says that they lead its organisation, `administers` that they are one of its
    administrators; `is_own` that they are neither above it nor of the commercial department, but
    one of its own people; `is_shut` that it has expired, and is closed to its own people.
    """

    account: Account
    leads: bool
    administers: bool
    is_shut: bool
    may_enter: bool
    is_own: bool

    @property
    def may_change(self) -> bool:
        """Whether they may add, change and retire what is installed."""
        return self.leads or (self.administers and not self.is_shut)


@dataclass(frozen=True)
class Choice:
    """The accounts between which a person changes, the one that they are in among them."""

    here: Account
    accounts: list[Account]
    has_more: bool


def frame(request: HttpRequest) -> AccountFrame | None:
    """Return the frame of a page of an account that the person sees; it is read once a request."""
    if not hasattr(request, "account_frame"):
        request.account_frame = _read(request)  # type: ignore[attr-defined]
    return request.account_frame  # type: ignore[attr-defined, no-any-return]


def enter(request: Request, *, to_change: bool = False) -> AccountFrame:
    """Return the frame of a page of an account, and write its moments in the account's zone.

    Somebody else's account is a 404, one that the person is locked out of a 403. On a page
    `to_change` what is installed, one that they neither lead nor administer is a 404, too.
    """
    found = frame(request)
    if found is None or (to_change and not (found.leads or found.administers)):
        raise Http404
    if not (found.may_change if to_change else found.may_enter):
        raise PermissionDenied
    if found.leads:
        request.organisation = found.account.organisation
    elif not request.user.is_commercial:
        request.time_zone = found.account.time_zone
    return found


def links(request: HttpRequest) -> list[Link]:
    """Return the second line of links of a page; none where the person may not enter."""
    found = frame(request)
    if found is None or not found.may_enter:
        return []
    parts = {"account" if found.is_own else "overview": _("Overview")}
    parts |= {"consumption": _("Consumption"), "installation": _("Installation")}
    parts["alerts"] = _("Alerts")
    if found.may_change:
        parts["account_people"] = _("People")
    parts["contract"] = _("Contract")
    way_back = WayBack(request)
    addresses = {name: way_back.keep(name, found.account.uid) for name in parts}
    here = next(
        (name for name, address in addresses.items() if _is_within(request.path, address)),
        _part_of(request, is_own=found.is_own),
    )
    return [Link(label, addresses[name], name == here) for name, label in parts.items()]


def choice(request: HttpRequest) -> Choice | None:
    """Return the accounts, by name, between which somebody with a role in several changes."""
    found, person = frame(request), request.user
    if found is None or not isinstance(person, Person) or not roles_held(request).is_in_accounts:
        return None
    accounts = list(
        Account.objects.visible_to(person)
        .filter(roles__person=person)
        .order_by("name_sorted", "id")[: MOST + 1]
    )
    if len(accounts) < 2:
        return None
    return Choice(found.account, accounts[:MOST], has_more=len(accounts) > MOST)


def _part_of(request: HttpRequest, *, is_own: bool) -> str:
    """Return the part of an account that a page belongs to which has an address of its own."""
    match = request.resolver_match
    if match is not None and match.route.startswith(f"{ROUTE}readings/"):
        return "consumption"
    if match is not None and match.url_name in ("account", "overview") and is_own:
        return "account"
    return "contract"


def _is_within(path: str, address: str) -> bool:
    """Return whether a page lies below an address; all pages of an account lie below its own."""
    plain = address.partition("?")[0]
    return path.startswith(plain) and not (plain.count("/") == 3 and path != plain)


def _read(request: HttpRequest) -> AccountFrame | None:
    person, match = getattr(request, "user", None), request.resolver_match
    if not isinstance(person, Person) or match is None or not match.route.startswith(ROUTE):
        return None
    uid: UUID = match.kwargs["uid"]
    account = (
        Account.objects.visible_to(person).select_related("organisation").filter(uid=uid).first()
    )
    if account is None:
        return None
    leads = account.organisation_id in {each.pk for each in led_by(request)}
    shut = not leads and is_shut(account, at=clock.now())
    administers = roles_held(request).is_in_accounts and (
        AccountRole.objects.visible_to(person)
        .filter(person=person, account=account, role=AccountRole.Role.ADMINISTRATOR)
        .exists()
    )
    return AccountFrame(
        account=account,
        leads=leads,
        administers=administers,
        is_shut=shut,
        may_enter=not shut or person.is_commercial,
        is_own=not leads and not person.is_commercial,
    )
