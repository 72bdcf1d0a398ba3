"""Makes what tests are about, by the rules themselves; each call names only what matters."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import count
from uuid import uuid4

from vatio.accounts import opening
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.opening import Project
from vatio.catalogue import publishing
from vatio.catalogue.models import Licence, LicenceVersion
from vatio.dates import start_of
from vatio.metering import installing
from vatio.metering.cups import parse_cups
from vatio.metering.models import Meter, SupplyPoint
from vatio.orders import submitting
from vatio.orders.models import Order
from vatio.people import creating
from vatio.tenants.models import Membership, Organisation, Person
from vatio.units import Quantities

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
PASSWORD = "una clave larga 2026"

_numbers: Iterator[int] = count(1)


def person(name: str = "", *, commercial: bool = False, language: str = "es") -> Person:
    """Make a person without any role but, if asked, the commercial one."""
    number = next(_numbers)
    made = Person(
        email=f"person{number}@vatio.example",
        name=name or f"Person {number}",
        language=language,
        is_commercial=commercial,
        created_at=NOON,
    )
    made.set_password(PASSWORD)
    made.save(force_insert=True)
    return made


def commercial(name: str = "Elena Cid") -> Person:
    """Make somebody of the commercial department."""
    return person(name, commercial=True)


def organisation(name: str = "", *, time_zone: str = "Europe/Madrid") -> Organisation:
    """Make an organisation without people."""
    return creating.create_organisation(
        name or f"Organisation {next(_numbers)}",
        time_zone=time_zone,
        notice_address="",
        by=commercial(),
        at=NOON,
    )


def superadmin(of: Organisation, name: str = "Nuria Vidal") -> Person:
    """Make a SuperAdministrator of an organisation."""
    made = person(name)
    Membership.objects.create(organisation=of, person=made, created_at=NOON)
    return made


def holder(of: Account, role: str = "administrator", name: str = "") -> Person:
    """Make an administrator or a viewer of an account."""
    made = person(name)
    _role(of, made, role)
    return made


def role(of: Account, person: Person, role: str) -> AccountRole:
    """Give a person a role in an account, beside those that they have."""
    return AccountRole.objects.create(
        account=of,
        organisation_id=of.organisation_id,
        person=person,
        role=role,
        created_at=NOON,
    )


_role = role


def licence(
    name: str = "Básica Mtr",
    *,
    meters: int = 10,
    supply_points: int = 5,
    data_points: int | None = None,
    rtc_lines: int = 0,
) -> LicenceVersion:
    """Make a published licence, or find it: by DP if it has data points, else by MTR."""
    known = Licence.objects.filter(name=name).first()
    if known is not None:
        return known.versions.get(state=LicenceVersion.State.PUBLISHED)
    by_meters = data_points is None
    version = publishing.draft(
        name,
        billing="MTR" if by_meters else "DP",
        quantities=Quantities(
            meters if by_meters else None,
            supply_points if by_meters else None,
            data_points,
            rtc_lines,
        ),
        description="",
        by=commercial(),
        at=NOON,
    )
    publishing.publish(version, by=commercial(), at=NOON)
    return version


def project(name: str = "", *, time_zone: str = "Europe/Madrid") -> Project:
    """Describe a client's project."""
    return Project(
        account_name=name or f"Hotel {next(_numbers):03}",
        client="Hoteles, S.A.",
        nif="",
        sector="hotels",
        contact_email="",
        time_zone=time_zone,
    )


def account(
    name: str = "",
    *,
    organisation: Organisation | None = None,
    starts_on: date = date(2026, 5, 3),
    months: int = 12,
    version: LicenceVersion | None = None,
    totals: Quantities | None = None,
    sms_credits: int = 0,
    time_zone: str = "Europe/Madrid",
) -> Account:
    """Open an account on the day it starts, as an acceptance does."""
    version = version or licence()
    agreement = opening.open_account(
        organisation or _organisation(),
        project(name, time_zone=time_zone),
        version=version,
        totals=totals or version.defaults,
        months=months,
        sms_credits=sms_credits,
        at=start_of(starts_on, time_zone),
        by=commercial(),
    )
    return Account.objects.get(pk=agreement.account_id)


def opening_order(
    of: Organisation,
    name: str = "",
    *,
    by: Person | None = None,
    version: LicenceVersion | None = None,
    months: int = 12,
    at: datetime = NOON,
) -> Order:
    """Submit an order for a new account."""
    return submitting.submit_opening(
        of,
        submitting.Opening(
            project=project(name),
            version=version or licence(),
            asked=Quantities(),
            months=months,
            sms_credits=0,
            reference="",
            comments="",
        ),
        token=uuid4(),
        by=by or superadmin(of),
        at=at,
    )


def renewal_order(account: Account, *, by: Person | None = None, at: datetime = NOON) -> Order:
    """Submit an order to renew an account."""
    account.refresh_from_db()
    assert account.covered_until is not None
    return submitting.submit_renewal(
        account,
        shown_end=account.covered_until,
        by=by or superadmin(account.organisation),
        at=at,
    )


def expansion_order(
    account: Account, *, by: Person | None = None, at: datetime = NOON, sms: int = 0, **added: int
) -> Order:
    """Submit an order to expand an account."""
    return submitting.submit_expansion(
        account,
        submitting.Added(asked=Quantities(**added), sms_credits=sms, reference="", comments=""),
        by=by or superadmin(account.organisation),
        at=at,
    )


def upgrade_order(account: Account, version: LicenceVersion, *, at: datetime = NOON) -> Order:
    """Submit an order for another licence."""
    return submitting.submit_upgrade(
        account,
        version,
        reference="",
        comments="",
        by=superadmin(account.organisation),
        at=at,
    )


def noon(day: date) -> datetime:
    """Tell the moment of noon of a day, in UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


_organisation = organisation


def meter(of: Account, name: str = "", *, serial: str = "", at: datetime = NOON) -> Meter:
    """Add a meter to an account, as its page does."""
    details = installing.MeterDetails(name or f"Contador {next(_numbers)}", serial=serial)
    return installing.add_meter(of, details, by=commercial(), at=at)


def supply_point(
    of: Account, name: str = "", *, cups: str = "", manages_bills: bool = True, at: datetime = NOON
) -> SupplyPoint:
    """Add a supply point of electricity to an account, as its page does."""
    details = installing.SupplyDetails(
        name or f"Suministro {next(_numbers)}",
        "electricity",
        cups=parse_cups(cups) if cups else None,
        territory="peninsula",
        manages_bills=manages_bills,
    )
    return installing.add_supply_point(of, details, by=commercial(), at=at)
