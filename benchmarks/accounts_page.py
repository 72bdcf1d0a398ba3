"""«Gestionar cuentas» with few and many accounts: statements and milliseconds of each page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.test import Client

from benchmarks.ground import filling, measuring, platform
from vatio.catalogue.models import LicenceVersion
from vatio.portfolios import exporting
from vatio.portfolios.listing import INDEXED, SORTS, WITHIN
from vatio.tenants.models import Organisation, Person
from vatio.web.shell.tabs import tabs

FLAT = {
    "first page": "",
    "last page": "?at=last",
    "first page, expired accounts": "expired/",
    "last page, expired accounts": "expired/?at=last",
    **{f"sort {name}, {way}": f"?sort={sign}{name}" for name in INDEXED
       for way, sign in (("up", ""), ("down", "-"))},
    "search, rare word": "?q=zugarramurdi",
    "search, start of a word": "?q=zu",
}  # fmt: skip
"""Pages that an index answers: as quick with many accounts as with few."""

COMMON = {"search, common part of a word": "?q=ote"}

COMPUTED = {
    **{f"sort {name}": f"?sort={name}" for name in SORTS
       if name not in (*INDEXED, "organisation")},
    "filter licence": "?licence={licence}",
    "filter sector": "?sector=hotels",
    **{f"filter ends within {days} days": f"?ends={days}" for days in WITHIN},
    "filter with an open order": "?order=open",
}  # fmt: skip
"""Pages that are computed over all accounts."""

KINDS = {"flat": FLAT, "common": COMMON, "computed": COMPUTED}


@dataclass(frozen=True)
class Portfolio:
    """An organisation with some accounts, and a SuperAdministrator of it who is signed in."""

    organisation: Organisation
    leader: Person
    client: Client

    def ask_nothing(self) -> None:
        """Request an empty view through every middleware: the floor of every page."""
        assert self.client.get("/healthz").status_code == 200

    def ask(self, query: str) -> Callable[[], None]:
        """Return a function that requests a page, through every middleware but without a socket."""
        address = f"/o/{self.organisation.slug}/accounts/{query}"

        def request() -> None:
            response = self.client.get(address)
            assert response.status_code == 200, (address, response.status_code)

        return request

    def count(self) -> None:
        """Count what is in each of the three tabs."""
        tabs(self.organisation, at=filling.NOW, current="accounts")

    def export(self) -> None:
        """Write the workbook of all active accounts, as the worker does."""
        accounts, asked = exporting.asked_for(
            {}, self.leader, organisation=self.organisation, expired=False, at=filling.NOW
        )
        exporting.workbook(
            accounts, asked, self.leader, at=filling.NOW, with_organisation=False
        ).close()


def fill(
    name: str, size: int, versions: list[LicenceVersion], boss: Person, *, active: bool
) -> Portfolio:
    """Create an organisation with some accounts, all active or half, one in 100 with an order."""
    organisation = filling.organisation(name, boss)
    leader = filling.person(f"{organisation.slug}@vatio.example", "Nuria Vidal")
    filling.lead(organisation, leader)
    end = filling.TODAY + timedelta(days=20) if active else None
    filling.accounts_ending(organisation, size, versions, due_on=end, every=5)
    filling.orders(organisation, leader, every=100)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(leader)
    return Portfolio(organisation, leader, client)


def measure(
    portfolios: dict[int, Portfolio], kind: str, licence: UUID, *, times: int
) -> list[dict[str, object]]:
    """Measure each page of a kind, alternating between few and many accounts.

    Pages that are computed over all accounts take long, and are requested a third as often.
    """
    if kind == "computed":
        times = max(times // 3, 1)
    figures: list[dict[str, object]] = []
    for page, query in KINDS[kind].items():
        requests = {
            str(size): portfolio.ask(query.format(licence=licence))
            for size, portfolio in portfolios.items()
        }
        figures += _compared(page, kind, requests, times=times)
    return figures


def _compared(
    page: str, kind: str, actions: dict[str, Callable[[], None]], *, times: int
) -> list[dict[str, object]]:
    timings = measuring.side_by_side(actions, times=times)
    return [
        {
            "page": page,
            "kind": kind,
            "accounts": int(size),
            "statements": measuring.statements(action),
            **timings[size],
        }
        for size, action in actions.items()
    ]


def export(portfolio: Portfolio) -> dict[str, object]:
    """Measure the workbook of the active accounts: seconds, statements, this process's memory."""
    (tab, *_others) = tabs(portfolio.organisation, at=filling.NOW, current="accounts")
    seconds = measuring.seconds(portfolio.export)
    return {
        "rows": tab.count,
        "seconds": seconds,
        **measuring.peak_memory(portfolio.export),
        "statements": measuring.statements(portfolio.export),
    }


def main() -> None:
    """Measure every page at 100, 10,000 and `--accounts` accounts."""
    options = measuring.arguments(__doc__ or "", accounts=100_000, times=150)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    sizes = sorted({min(size, options.accounts) for size in (100, 10_000, options.accounts)})
    portfolios = {
        size: fill(f"Organización {size}", size, versions, boss, active=False) for size in sizes
    }
    exported = fill("Exportada", options.accounts, versions, boss, active=True)
    filling.settle()
    measuring.calm()
    pages = [
        row
        for kind in KINDS
        for row in measure(portfolios, kind, versions[0].licence.uid, times=options.times)
    ]
    nothing = {str(size): portfolio.ask_nothing for size, portfolio in portfolios.items()}
    counting = {str(size): portfolio.count for size, portfolio in portfolios.items()}
    measuring.report(
        {
            "measured": "accounts_page",
            "sizes": sizes,
            "pages": pages,
            "floor": _compared("an empty view", "floor", nothing, times=options.times),
            "counts": _compared("counts of the tabs", "flat", counting, times=options.times),
            "export": export(exported),
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
