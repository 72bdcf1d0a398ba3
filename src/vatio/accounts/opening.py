"""Opens an account: its first term, what the term holds, and its SMS credits."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage, current_holdings, wallet
from vatio.accounts.agreeing import agree
from vatio.accounts.models import Account, Agreement, Grant, Term
from vatio.catalogue.models import LicenceVersion
from vatio.dates import add_months, day_at
from vatio.formats import number
from vatio.refusal import Refused
from vatio.tenants.folding import fold_in_database
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities, Unit, sold_units

LEAST_MONTHS, MOST_MONTHS = 1, 120
MOST_OF_A_UNIT = 1_000_000


class NameTaken(Refused):
    """The organisation has an account of that name, ignoring case and accents."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("You already have an account called «%(name)s». Choose another name.")
            % {"name": name},
            field="account_name",
        )


class WrongQuantity(Refused):
    """A quantity is below the licence's default, or of a unit that the licence does not sell."""


@dataclass(frozen=True)
class Project:
    """The details of the client's project in an opening: its names, sector and time zone."""

    account_name: str
    client: str
    nif: str
    sector: str
    contact_email: str
    time_zone: str


def check_totals(version: LicenceVersion, asked: Quantities) -> Quantities:
    """Return the totals of a form; a unit left empty gets the licence's default.

    :raises WrongQuantity: if a total is below the default, or its unit belongs to the
        other billing.
    """
    defaults = version.defaults
    units = sold_units(version.billing)
    totals: dict[Unit, int | None] = {}
    for unit, default in defaults.items():
        total = asked[unit]
        if unit not in units:
            if total is not None:
                raise WrongQuantity(_("This licence is not billed by that."), field=unit)
            totals[unit] = default
        elif total is None:
            totals[unit] = default
        elif total < (default or 0):
            raise WrongQuantity(
                _("The licence includes %(default)s: ask for that or more.")
                % {"default": number(default or 0)},
                field=unit,
            )
        else:
            totals[unit] = total
    return Quantities.each(totals.__getitem__)


def ensure_free_name(organisation: Organisation, name: str) -> None:
    """Refuse a name that an account of the organisation has.

    Two openings may pass this check at once: the constraint `one_account_of_a_name` decides.

    :raises NameTaken: if an account has the name, ignoring case and accents.
    """
    if organisation.accounts.filter(name_folded=fold_in_database(name)).exists():
        raise NameTaken(name)


def first_term(months: int, *, time_zone: str, at: datetime) -> tuple[date, date]:
    """Return the first day and the exclusive end of the first term of an account opened at `at`."""
    starts_on = day_at(at, time_zone)
    return starts_on, add_months(starts_on, months, anchor_day=starts_on.day)


def open_account(
    organisation: Organisation,
    project: Project,
    *,
    version: LicenceVersion,
    totals: Quantities,
    months: int,
    sms_credits: int,
    at: datetime,
    by: Person,
) -> Agreement:
    """Create an account from today, in its own time zone, for a number of months.

    The totals beyond the licence's defaults are granted as extras, written even when
    there are none. The caller opens the transaction, which a refusal rolls back.

    :raises NameTaken: if the organisation has an account of that name.
    """
    starts_on, ends_on = first_term(months, time_zone=project.time_zone, at=at)
    covered = coverage.columns(starts_on, ends_on, project.time_zone)
    account = _create(organisation, project, covered, at=at)
    agreement = agree(account, kind=Agreement.Kind.OPENING, at=at, by=by)
    term = Term.objects.create(
        account=account,
        organisation=organisation,
        agreement=agreement,
        starts_on=starts_on,
        ends_on=ends_on,
        anchor_day=starts_on.day,
    )
    extras = totals.beyond(version.defaults)
    grant(term, agreement, version_id=version.pk, extras=extras, effective_on=starts_on, at=at)
    current_holdings.write([account], at=at)
    wallet.begin(account, sms_credits, at=at, agreement=agreement)
    return agreement


def grant(
    term: Term,
    agreement: Agreement,
    *,
    version_id: int | None,
    extras: Quantities,
    effective_on: date,
    at: datetime,
) -> Grant:
    """Write a grant of a licence version, extras or both, effective from one day of the term."""
    return Grant.objects.create(
        account_id=term.account_id,
        organisation_id=term.organisation_id,
        term=term,
        agreement=agreement,
        effective_on=effective_on,
        recorded_at=at,
        licence_id=version_id,
        **{name: number or 0 for name, number in extras.columns("extra_").items()},
    )


def _create(
    organisation: Organisation, project: Project, covered: coverage.Columns, *, at: datetime
) -> Account:
    try:
        return Account.objects.create(
            organisation=organisation,
            name=project.account_name,
            client=project.client,
            nif=project.nif,
            sector=project.sector,
            contact_email=project.contact_email,
            language=organisation.language,
            time_zone=project.time_zone,
            created_at=at,
            **covered,
        )
    except IntegrityError as error:
        if "one_account_of_a_name" in str(error):
            raise NameTaken(project.account_name) from None
        raise
