"""Accepting an order, commit included: statements, median and 99th percentile for each kind."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from benchmarks.ground import filling, measuring, platform
from vatio.accounts.models import Account, Agreement, CurrentHolding, Grant, Term
from vatio.accounts.opening import Project
from vatio.catalogue.models import LicenceVersion
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities

YEAR = timedelta(days=365)


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
                except Refused:
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


def floor(account: Account, version: LicenceVersion, reviewer: Person, order: Order) -> None:
    """Read and write what accepting a renewal does, by plain Django and without a rule.

    Two rows are locked, an agreement, a term, a grant, an act and two messages are created, and
    the account, what it holds and the order are updated.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        order = Order.objects.select_for_update().get(pk=order.pk)
        of = {"account": account, "organisation_id": account.organisation_id}
        agreement = Agreement.objects.create(
            **of, number=f"B-{uuid4().hex[:16]}", kind="renewal", decided_at=filling.NOW, rule="x"
        )
        assert account.covered_until is not None
        days = {"starts_on": account.covered_until, "ends_on": account.covered_until + YEAR}
        term = Term.objects.create(**of, agreement=agreement, anchor_day=1, **days)
        Grant.objects.create(
            **of,
            term=term,
            agreement=agreement,
            effective_on=term.starts_on,
            recorded_at=filling.NOW,
            licence=version,
        )
        assert account.ends_at is not None
        account.covered_until, account.ends_at = term.ends_on, account.ends_at + YEAR
        account.save(update_fields=["covered_until", "ends_at"])
        CurrentHolding.objects.filter(account=account).update(changes_on=term.starts_on)
        order.state, order.decided_at = Order.State.ACCEPTED, filling.NOW
        order.decided_by, order.agreement = reviewer, agreement
        order.save(update_fields=["state", "decided_at", "decided_by", "agreement"])
        Act.objects.create(
            at=filling.NOW, verb="order.accepted", person=reviewer, facts={}, **_whose(account)
        )
        for leader in Person.objects.filter(memberships__organisation=account.organisation_id):
            _message(account, leader)


def _whose(account: Account) -> dict[str, int]:
    return {"organisation_id": account.organisation_id, "account_id": account.pk}


def _message(account: Account, leader: Person) -> None:
    Message.objects.create(
        key=uuid4().hex,
        person=leader,
        address=leader.email,
        language="es",
        template="order_accepted",
        context={},
        queued_at=filling.NOW,
        next_attempt_at=filling.NOW,
        send_before=filling.NOW + YEAR,
        **_whose(account),
    )


def measure_floor(kinds: _Kinds, reviewer: Person, *, times: int) -> dict[str, object]:
    """Measure `floor` on orders of its own."""
    orders = [kinds.renewal() for _ in range(times + 6)]
    version = kinds.versions[0]
    asked = iter(orders)

    def write() -> None:
        order = next(asked)
        assert order.account is not None
        floor(order.account, version, reviewer, order)

    return {
        "statements": measuring.statements(write),
        **measuring.milliseconds(write, times=times, warm=5),
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
    under = measure_floor(kinds, boss, times=options.times)
    figures = {
        name: measure(getattr(kinds, name), boss, times=options.times)
        for name in ("opening", "renewal", "expansion", "upgrade")
    }
    measuring.report(
        {
            "measured": "accepting",
            "accounts": options.accounts,
            "floor": under,
            "kinds": figures,
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
