"""The way back: the page from which another was opened, with its search, filters and place.

A page that shows something narrowed (its address has a query string) hands its own address on
as `back`, in its links and in its forms. Whoever presses a button on the next page is led back
there, and the trail above that page leads there too. A page may itself have been opened from
another one: then its address holds that one's, and the trail finds the list further back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

from vatio.web.shell.redirects import back_to

LISTS = {
    "accounts": _("Manage accounts"),
    "accounts_expired": _("Manage accounts"),
    "portfolio": _("Portfolio"),
    "orders": _("Orders"),
    "renewals": _("Renewals"),
    "desk": _("Commercial desk"),
    "desk_accounts": _("Accounts"),
    "desk_accounts_expired": _("Accounts"),
    "desk_renewals": _("Renewals"),
    "organisations": _("Organisations"),
    "messages": _("Messages"),
    "desk_lines": _("RTC lines"),
}
"""The lists that a trail may begin with, and what they are called there."""

FURTHEST = 4
"""How many pages an address takes along."""


@dataclass(frozen=True)
class Step:
    """A step of the trail above a page: its words, and its address."""

    label: str
    url: str


@dataclass(frozen=True)
class WayBack:
    """The pages before the one that a request asks for."""

    request: HttpRequest

    @property
    def url(self) -> str:
        """The page that a form or an address names as `back`, or nothing."""
        return back_to(self.request.POST, "") or back_to(self.request.GET, "")

    @property
    def onward(self) -> str:
        """The query string by which the links of a page hand its own address on.

        It is empty for a page that shows everything: there is nothing to come back to. Whoever
        goes round in circles, or far, takes no more along for it."""
        if self.request.method != "GET" or not self.request.GET:
            return _query(self.url)
        earlier = list(self._earlier())
        been_here = [each for each in earlier if urlsplit(each).path == self.request.path]
        if been_here:
            return _query(been_here[-1])
        return _query(self.request.get_full_path() if len(earlier) < FURTHEST else self.url)

    def keep(self, name: str, *args: object) -> str:
        """Return the address of a page, with the way back that this request brought along."""
        return reverse(name, args=args) + _query(self.url)

    def to_row(self, uid: UUID) -> str:
        """Return the page on which an account's button stood, at that account; else its page."""
        return f"{self.url or reverse('account', args=[uid])}#a-{uid}"

    def list_before(self, label: str, name: str, *args: object) -> Step:
        """Return the list from which a page was reached, as it was; else the one that is named."""
        for address in self._earlier():
            known = LISTS.get(_name_of(address))
            if known is not None:
                return Step(str(known), address)
        return Step(label, reverse(name, args=args))

    def page_before(self, name: str, *args: object) -> str:
        """Return the address of a page above this one, as it was if it was passed on the way."""
        plain = reverse(name, args=args)
        return next((each for each in self._earlier() if urlsplit(each).path == plain), plain)

    def _earlier(self) -> Iterator[str]:
        """Yield the page before this one, the page before that, and so on."""
        address = self.url
        for _each in range(FURTHEST):
            if not address:
                return
            yield address
            address = parse_qs(urlsplit(address).query).get("back", [""])[0]


def _query(back: str) -> str:
    return "?" + urlencode({"back": back}) if back else ""


def _name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""
