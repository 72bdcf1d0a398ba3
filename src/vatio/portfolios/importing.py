"""Imports a portfolio as accounts, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from vatio.accounts import coverage, current_holdings
from vatio.accounts.agreeing import next_numbers
from vatio.accounts.models import Account, Agreement, Grant, SmsTransaction, SmsWallet, Term
from vatio.catalogue.models import LicenceVersion
from vatio.dates import day_at
from vatio.history.models import Act
from vatio.portfolios.columns import NAMES
from vatio.portfolios.parsing import Fault, Portfolio, Row, understand
from vatio.portfolios.values import Ends
from vatio.refusal import Refused
from vatio.spreadsheets.values import fold
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities, Unit

RULE = "import"
AT_A_TIME = 5_000
"""How many accounts a batch creates, with one statement for each table."""


class Faulty(Refused):
    """The portfolio has faults: nothing of it was imported."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = list(faults)


@dataclass(frozen=True)
class Planned:
    """The account that a row of the file will become."""

    row: Row
    version: LicenceVersion
    totals: Quantities
    state: str


@dataclass(frozen=True)
class Plan:
    """What an import would do, row by row, and every fault that prevents it."""

    organisation: Organisation
    accounts: list[Planned]
    faults: list[Fault]
    portfolio: Portfolio

    def count(self, state: str) -> int:
        """Count the accounts that would be in a state: active, expired or waiting."""
        return sum(planned.state == state for planned in self.accounts)


def plan(
    organisation: Organisation,
    content: bytes,
    *,
    licences: Mapping[str, str],
    ends: Ends,
    at: datetime,
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
) -> Plan:
    """Compute what importing a file would do; nothing is written.

    :param licences: names of licences in the file, each with its name in the catalogue.
    :param columns: headings of the file, each with the key of `HEADINGS` that it means.
    :param sheet: the name of the sheet to read; without it, the only one that has accounts.
    :raises Unreadable: if the file cannot be read at all.
    """
    portfolio = understand(content, ends=ends, columns=columns, sheet=sheet)
    published = {
        fold(version.licence.name): version
        for version in LicenceVersion.objects.published().select_related("licence")
    }
    mapped = {fold(theirs): fold(ours) for theirs, ours in licences.items()}
    faults = list(portfolio.faults)
    unoffered = [ours for theirs, ours in licences.items() if fold(ours) not in published]
    faults += [
        Fault(0, "", _("There is no published licence called «%(name)s».") % {"name": name})
        for name in unoffered
    ]
    faults += _name_faults(organisation, portfolio.rows)
    planned = []
    for row in portfolio.rows:
        wanted = fold(row.licence)
        version = published.get(mapped.get(wanted, wanted))
        if version is None:
            faults.append(
                Fault(
                    row.line,
                    str(NAMES["licence"]),
                    _("there is no published licence called «%(name)s».") % {"name": row.licence},
                )
            )
            continue
        uncounted = _uncounted(row, version)
        faults += uncounted
        if not uncounted:
            planned.append(
                Planned(row, version, _totals(row, version), _state(organisation, row, at))
            )
    faults.sort(key=lambda fault: fault.line)
    return Plan(organisation, planned, faults, portfolio)


@transaction.atomic
def carry_out(
    plan: Plan, *, by: Person | None, at: datetime, tell: Callable[[int], None] = lambda done: None
) -> list[Account]:
    """Create the accounts of a plan, each with an agreement of kind import, all or nothing.

    :param tell: called after each batch with the number of accounts created so far.
    :raises Faulty: if the plan has faults, or if one of its names was taken meanwhile.
    """
    if plan.faults:
        raise Faulty(plan.faults)
    try:
        with transaction.atomic():
            made: list[Account] = []
            for start in range(0, len(plan.accounts), AT_A_TIME):
                some = plan.accounts[start : start + AT_A_TIME]
                made += _make(plan.organisation, some, by=by, at=at)
                tell(len(made))
            return made
    except IntegrityError as error:
        if "one_account_of_a_name" not in str(error):
            raise
        rows = [planned.row for planned in plan.accounts]
        raise Faulty(_name_faults(plan.organisation, rows)) from None


def _make(
    organisation: Organisation, some: Sequence[Planned], *, by: Person | None, at: datetime
) -> list[Account]:
    accounts = Account.objects.bulk_create(
        [_account(organisation, planned.row, at) for planned in some]
    )
    numbers = next_numbers(len(accounts), at=at)
    agreements = Agreement.objects.bulk_create(
        [
            Agreement(
                account=account,
                organisation=organisation,
                number=number,
                kind=Agreement.Kind.IMPORT,
                decided_at=at,
                decided_by=by,
                rule="" if by else RULE,
            )
            for account, number in zip(accounts, numbers, strict=True)
        ]
    )
    made = list(zip(some, accounts, agreements, strict=True))
    terms = Term.objects.bulk_create(
        [
            Term(
                account=account,
                organisation=organisation,
                agreement=agreement,
                starts_on=planned.row.starts_on,
                ends_on=planned.row.ends_on,
                anchor_day=planned.row.starts_on.day,
            )
            for planned, account, agreement in made
        ]
    )
    Grant.objects.bulk_create(
        [
            _grant(planned, term, agreement, at)
            for (planned, _account, agreement), term in zip(made, terms, strict=True)
        ]
    )
    current_holdings.write(accounts, at=at)
    _fill_wallets(organisation, made, at=at)
    Act.objects.bulk_create(
        [
            Act(
                at=at,
                verb="account.imported",
                person=by,
                rule="" if by else RULE,
                organisation=organisation,
                account_id=account.pk,
                facts={"number": agreement.number, "line": planned.row.line},
            )
            for planned, account, agreement in made
        ]
    )
    return accounts


def _fill_wallets(
    organisation: Organisation,
    made: Sequence[tuple[Planned, Account, Agreement]],
    *,
    at: datetime,
) -> None:
    SmsWallet.objects.bulk_create(
        [
            SmsWallet(
                account=account,
                organisation=organisation,
                balance=planned.row.sms_credits,
                last_added=planned.row.sms_credits,
            )
            for planned, account, _agreement in made
        ]
    )
    SmsTransaction.objects.bulk_create(
        [
            SmsTransaction(
                account=account,
                organisation=organisation,
                key=f"agreement:{agreement.pk}",
                kind=SmsTransaction.Kind.IMPORTED,
                credits=planned.row.sms_credits,
                at=at,
                agreement=agreement,
            )
            for planned, account, agreement in made
            if planned.row.sms_credits
        ]
    )


def _account(organisation: Organisation, row: Row, at: datetime) -> Account:
    return Account(
        organisation=organisation,
        name=row.name,
        client=row.client,
        nif=row.nif,
        sector=row.sector,
        contact_email=row.contact_email,
        language=organisation.language,
        time_zone=organisation.time_zone,
        created_at=at,
        **coverage.columns(row.starts_on, row.ends_on, organisation.time_zone),
    )


def _grant(planned: Planned, term: Term, agreement: Agreement, at: datetime) -> Grant:
    extras = planned.totals.beyond(planned.version.defaults)
    return Grant(
        account_id=term.account_id,
        organisation_id=term.organisation_id,
        term=term,
        agreement=agreement,
        effective_on=term.starts_on,
        recorded_at=at,
        licence=planned.version,
        **{name: number or 0 for name, number in extras.columns("extra_").items()},
    )


def _totals(row: Row, version: LicenceVersion) -> Quantities:
    """Return the row's quantities; where the row has none, the licence's default."""
    defaults, asked = version.defaults, row.quantities

    def total(unit: Unit) -> int | None:
        return defaults[unit] if defaults[unit] is None or asked[unit] is None else asked[unit]

    return Quantities.each(total)


def _uncounted(row: Row, version: LicenceVersion) -> list[Fault]:
    """Return a fault for each quantity of a unit that the licence does not count."""
    return [
        Fault(
            row.line,
            str(NAMES[unit]),
            _("%(licence)s does not count this: leave it empty.")
            % {"licence": version.licence.name},
        )
        for unit, own in version.defaults.items()
        if own is None and row.quantities[unit]
    ]


def _state(organisation: Organisation, row: Row, at: datetime) -> str:
    today = day_at(at, organisation.time_zone)
    if row.ends_on <= today:
        return "expired"
    return "waiting" if row.starts_on > today else "active"


def _name_faults(organisation: Organisation, rows: Sequence[Row]) -> list[Fault]:
    """Return a fault for each name that repeats in the file or that the organisation has.

    Names are folded in the database, so that the comparison is that of the unique constraint.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sought.position, sought.folded, account.name"
            " FROM (SELECT position, fold(name) AS folded"
            "       FROM unnest(%s::text[]) WITH ORDINALITY AS given (name, position)) AS sought"
            " LEFT JOIN accounts_account account ON account.organisation_id = %s"
            "  AND account.name_folded = sought.folded"
            " ORDER BY sought.position",
            [[row.name for row in rows], organisation.pk],
        )
        found = cursor.fetchall()
    faults, first = [], dict[str, int]()
    for position, folded, taken in found:
        row = rows[position - 1]
        if taken is not None:
            words = _("the organisation already has an account «%(name)s».") % {"name": taken}
            faults.append(Fault(row.line, str(NAMES["name"]), words))
        elif folded in first:
            words = _("«%(name)s» is on line %(line)s too.") % {
                "name": row.name,
                "line": first[folded],
            }
            faults.append(Fault(row.line, str(NAMES["name"]), words))
        else:
            first[folded] = row.line
    return faults
