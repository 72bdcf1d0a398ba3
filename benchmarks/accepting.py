"""Accepting an order, commit included: statements, median and 99th percentile for each kind."""

from collections.abc import Callable

from benchmarks.ground import filling, measuring, platform
from vatio.accounts.models import Account
from vatio.accounts.opening import Project
from vatio.catalogue.models import LicenceVersion
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities


class _Kinds:
    """Submits orders of each kind, each for an account of its own."""

    def __init__(
        self, organisation: Organisation, versions: list[LicenceVersion], by: Person
    ) -> None:
        self.organisation, self.versions, self.by = organisation, versions, by
        live = Account.objects.filter(organisation=organisation, ends_at__gt=filling.NOW)
        self.accounts = iter(live.filter(opened_on__lte=filling.TODAY).order_by("id"))
        self.count = 0

    def opening(self) -> Order:
        self.count += 1
        return submitting.submit_opening(
            self.organisation,
            submitting.Opening(
                project=Project(
                    f"Balneario {self.count}", "Aguas, S.A.", "", "hotels", "", "Europe/Madrid"
                ),
                version=self.versions[0],
                asked=Quantities(),
                months=12,
                sms_credits=100,
                reference="",
                comments="",
            ),
            token=filling.token(self.count),
            by=self.by,
            at=filling.NOW,
        )

    def renewal(self) -> Order:
        account = next(self.accounts)
        assert account.covered_until is not None
        return submitting.submit_renewal(
            account, shown_end=account.covered_until, by=self.by, at=filling.NOW
        )

    def expansion(self) -> Order:
        added = submitting.Added(Quantities(rtc_lines=2), 50, "", "")
        return submitting.submit_expansion(next(self.accounts), added, by=self.by, at=filling.NOW)

    def upgrade(self) -> Order:
        """Submit an upgrade to the best licence of its kind, for the next account without it."""
        best = {"MTR": self.versions[1], "DP": self.versions[4]}
        for account in self.accounts:
            for version in best.values():
                try:
                    return submitting.submit_upgrade(
                        account, version, reference="", comments="", by=self.by, at=filling.NOW
                    )
                except submitting.Refused:
                    continue
        raise AssertionError("the accounts ran out")


def measure(send: Callable[[], Order], reviewer: Person, *, times: int) -> dict[str, object]:
    """Submit orders and read them as their page does; measure accepting one after the other."""
    warm = 5
    keys = [send().pk for _ in range(times + warm + 1)]
    rows = Order.objects.select_related("organisation", "account", "licence__licence")
    orders = iter(rows.filter(pk__in=keys).order_by("pk"))

    def accept() -> None:
        deciding.accept(next(orders), by=reviewer, at=filling.NOW)

    return {
        "statements": measuring.statements(accept),
        **measuring.milliseconds(accept, times=times, warm=warm),
    }


def main() -> None:
    """Measure accepting some hundreds of each kind, in an organisation with many accounts."""
    options = measuring.arguments(__doc__ or "", accounts=10_000, times=300)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    organisation = filling.organisation("Norte Eficiente", boss)
    nuria = filling.person("nuria@vatio.example", "Nuria Vidal")
    filling.lead(organisation, nuria)
    filling.accounts(organisation, options.accounts, versions)
    filling.settle()
    measuring.calm()
    kinds = _Kinds(organisation, versions, nuria)
    figures = {
        name: measure(getattr(kinds, name), boss, times=options.times)
        for name in ("opening", "renewal", "expansion", "upgrade")
    }
    measuring.report(
        {
            "measured": "accepting",
            "accounts": options.accounts,
            "kinds": figures,
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
