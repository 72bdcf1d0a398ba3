"""Loads the demo into an empty database, by the rules that make real accounts."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from vatio import clock
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.opening import Project as ClientProject
from vatio.catalogue import publishing
from vatio.catalogue.models import LicenceVersion
from vatio.dates import add_months, day_at
from vatio.demo import called_lines, filling, inventory, sums
from vatio.demo.more_accounts import NORTE_MORE, SUR_MORE, projects
from vatio.demo.people import ACCOUNT_OF_HOLDERS, COMMERCIAL, HOLDERS
from vatio.demo.portfolio import (
    LICENCES,
    NORTE,
    ORGANISATIONS,
    TO_COME,
    DemoOrganisation,
    Growth,
    SampleAccount,
    SampleOrder,
)
from vatio.notifications.models import Message
from vatio.orders import assigning, commenting, deciding, submitting
from vatio.orders.models import Order
from vatio.people import creating
from vatio.portfolios import importing
from vatio.tenants.models import Membership, Organisation, Person, Platform
from vatio.tenants.platform import DEMO_SECRET
from vatio.units import Quantities, Unit

Story = Iterator[datetime]

BEFORE = timedelta(days=9)
"""How long before an account ends its renewal is accepted."""

SETTLING = 7_032_026
"""Key of the advisory lock under which a platform is settled."""

AGE = timedelta(days=5 * 365)
"""How long ago the people and the organisations were created."""


@transaction.atomic
def prepare(want: bool) -> bool:
    """Settle, once, whether an empty database becomes the demo, and load it if so.

    A database that was settled before, or that has people, stays as it is. Returns
    whether the platform is the demo.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETTLING])
    settled = Platform.objects.first()
    if settled is not None:
        return settled.is_demo
    wanted = want and not Person.objects.exists()
    Platform.objects.create(is_demo=wanted, settled_at=clock.now())
    if wanted:
        load(at=clock.now())
    return wanted


@transaction.atomic
def load(*, at: datetime) -> None:
    """Create the demo's people, licences, organisations, accounts and orders, as of `at`."""
    created_at = at - AGE
    hashed = _password_hash()
    commercial = [
        _person(email, name, hashed, at=created_at, is_commercial=True)
        for email, name in COMMERCIAL
    ]
    for name, billing, quantities, description in LICENCES:
        version = publishing.draft(
            name,
            billing=billing,
            quantities=Quantities(*quantities),
            description=description,
            by=commercial[0],
            at=created_at,
        )
        publishing.publish(version, by=commercial[0], at=created_at)
    _run(
        [
            story
            for sample in ORGANISATIONS
            for story in _Loader(sample, commercial, hashed, at=at).stories()
        ]
    )
    inventory.install(by=commercial[0], at=at)
    called_lines.set_up(at=at)
    sums.add_up(by=commercial[0], at=at)
    _import_one_to_come(at=at)
    _give_roles(hashed, at=at)
    _forget_messages(at=at)
    filling.plan(at=at)


class _Loader:
    """Creates one organisation of the demo, its orders submitted and decided on their days.

    A story is a generator: it yields the moment of its next step, and takes that step when it
    is resumed.
    """

    def __init__(
        self, sample: DemoOrganisation, commercial: list[Person], hashed: str, *, at: datetime
    ) -> None:
        self.sample = sample
        self.commercial = commercial
        self.at = at
        self.organisation: Organisation = creating.create_organisation(
            sample.name,
            time_zone=sample.time_zone,
            notice_address="",
            by=commercial[0],
            at=at - AGE,
        )
        self.people = [_person(email, name, hashed, at=at - AGE) for email, name in sample.people]
        for person in self.people:
            Membership.objects.create(
                organisation=self.organisation, person=person, created_at=at - AGE
            )
        self.order_count = 0

    def stories(self) -> list[Story]:
        """Return a story of each account, and of each opening that never became an account."""
        return [self._live(project) for project in _projects(self.sample)] + [
            self._ask(opening) for opening in self.sample.asked
        ]

    def _live(self, project: SampleAccount) -> Story:
        """Open an account, renew it every year up to today, and submit its latest orders."""
        last_end = day_at(self.at, project.time_zone) + timedelta(days=project.ends_in)
        months = project.months + 12 * (project.years - 1)
        opened_at = _at_work(
            add_months(last_end, -months, anchor_day=last_end.day), project.time_zone
        )
        yield opened_at - timedelta(days=2)
        order = self._submit(project, project.months, at=opened_at - timedelta(days=2))
        yield opened_at
        agreement = deciding.accept(order, by=self._reviewer(), at=opened_at)
        account = Account.objects.get(pk=agreement.account_id)
        for _year in range(project.years - 1):
            yield from self._renew(account, at=_at_work(_end(account), project.time_zone) - BEFORE)
        for growth in project.grew:
            yield from self._grow(account, growth)
        if project.renewed:
            yield from self._renew(account, at=self.at - timedelta(days=3))
        if project.renewal_asked is not None:
            at = self.at - timedelta(days=project.renewal_asked, hours=2)
            yield at
            self._ask_renewal(account, at=at)
        if project.renewal_rejected:
            at = self.at - timedelta(days=24)
            yield at
            order = self._ask_renewal(account, at=at)
            yield at + timedelta(days=2)
            deciding.reject(
                order,
                reason=project.renewal_rejected,
                by=self._reviewer(),
                at=at + timedelta(days=2),
            )

        if project.growth_asked is not None:
            yield self.at - timedelta(days=project.growth_asked.days_ago, hours=1)
            self._ask_growth(account, project.growth_asked)
        if project.upgrade_asked:
            yield self.at - timedelta(days=2, hours=5)
            submitting.submit_upgrade(
                account,
                LicenceVersion.objects.published().get(licence__name=project.upgrade_asked),
                reference="",
                comments="",
                by=self._asker(),
                at=self.at - timedelta(days=2, hours=5),
            )

    def _grow(self, account: Account, growth: Growth) -> Story:
        """Submit an expansion, and accept it the day after."""
        at = self.at - timedelta(days=growth.days_ago)
        yield at
        order = self._ask_growth(account, growth)
        yield at + timedelta(days=1)
        deciding.accept(order, by=self._reviewer(), at=at + timedelta(days=1))

    def _ask_growth(self, account: Account, growth: Growth) -> Order:
        at = self.at - timedelta(days=growth.days_ago)
        order = submitting.submit_expansion(
            account,
            submitting.Added(
                asked=Quantities.each(growth.added.get),
                sms_credits=growth.sms,
                reference="",
                comments=growth.comments,
            ),
            by=self._asker(),
            at=at,
        )
        if growth.question:
            reviewer, later = self._reviewer(), at + timedelta(hours=19)
            assigning.take(order, seen=None, by=reviewer, at=later)
            commenting.comment(order, growth.question, by=reviewer, at=later)
        return order

    def _renew(self, account: Account, *, at: datetime) -> Story:
        """Submit a renewal the day before a moment, and accept it at that moment."""
        yield at - timedelta(days=1)
        order = self._ask_renewal(account, at=at - timedelta(days=1))
        yield at
        deciding.accept(order, by=self._reviewer(), at=at)

    def _ask(self, opening: SampleOrder) -> Story:
        """Submit an opening, and reject or withdraw the order if the sample says so."""
        at = self.at - timedelta(days=opening.asked, hours=3)
        yield at
        order = self._submit(opening, opening.months, at=at)
        yield at + timedelta(days=1)
        if opening.rejected:
            deciding.reject(
                order, reason=opening.rejected, by=self._reviewer(), at=at + timedelta(days=1)
            )
        if opening.withdrawn:
            deciding.withdraw(order, by=order.submitted_by, at=at + timedelta(days=1))

    def _submit(self, sample: SampleAccount | SampleOrder, months: int, *, at: datetime) -> Order:
        version = LicenceVersion.objects.published().get(licence__name=sample.licence)
        totals = {
            unit: (version.defaults[Unit(unit)] or 0) + number
            for unit, number in sample.extra.items()
        }
        return submitting.submit_opening(
            self.organisation,
            submitting.Opening(
                project=ClientProject(
                    account_name=sample.name,
                    client=sample.client,
                    nif=sample.nif,
                    sector=sample.sector,
                    contact_email="",
                    time_zone=getattr(sample, "time_zone", self.sample.time_zone),
                ),
                version=version,
                asked=Quantities.each(totals.get),
                months=months,
                sms_credits=sample.sms,
                reference="",
                comments=sample.comments,
            ),
            token=uuid4(),
            by=self._asker(),
            at=at,
        )

    def _ask_renewal(self, account: Account, *, at: datetime) -> Order:
        return submitting.submit_renewal(account, shown_end=_end(account), by=self._asker(), at=at)

    def _asker(self) -> Person:
        self.order_count += 1
        return self.people[self.order_count % len(self.people)]

    def _reviewer(self) -> Person:
        return self.commercial[self.order_count % len(self.commercial)]


def _projects(sample: DemoOrganisation) -> list[SampleAccount]:
    """Return the accounts of an organisation of the demo: the detailed ones, and the rest."""
    more = NORTE_MORE if sample.name == NORTE.name else SUR_MORE
    return [*sample.accounts, *projects(more, sample.time_zone)]


def _run(stories: list[Story]) -> None:
    """Run all stories together, step by step in order of time, so that order numbers ascend."""
    steps = [(next(story), index, story) for index, story in enumerate(stories)]
    heapq.heapify(steps)
    while steps:
        _moment, index, story = heapq.heappop(steps)
        following = next(story, None)
        if following is not None:
            heapq.heappush(steps, (following, index, story))


def _end(account: Account) -> date:
    """Return the day on which an account ends, read afresh; that day is not covered."""
    account.refresh_from_db()
    if account.covered_until is None:
        raise AssertionError("an account that was opened is covered until some day")
    return account.covered_until


def _at_work(day: date, time_zone: str) -> datetime:
    """Return 10:15 of a day in a time zone."""
    return datetime.combine(day, time(10, 15), tzinfo=ZoneInfo(time_zone))


def _import_one_to_come(*, at: datetime) -> None:
    """Import an account that has yet to start: accepting an opening makes none."""
    organisation = Organisation.objects.get(name=NORTE.name)
    starts_on = day_at(at, organisation.time_zone) + timedelta(days=38)
    ends_on = add_months(starts_on, 12, anchor_day=starts_on.day)
    importing.carry_out(
        importing.plan(
            organisation,
            TO_COME.format(starts_on=starts_on, ends_on=ends_on).encode(),
            licences={},
            ends="exclusive",
            at=at,
        ),
        by=None,
        at=at,
    )


def _give_roles(hashed: str, *, at: datetime) -> None:
    """Give one account an administrator and a viewer."""
    account = Account.objects.get(name=ACCOUNT_OF_HOLDERS)
    for role, (email, name) in HOLDERS.items():
        person = _person(email, name, hashed, at=at - AGE)
        AccountRole.objects.create(
            account=account,
            organisation_id=account.organisation_id,
            person=person,
            role=role,
            created_at=at,
        )


def _person(
    email: str, name: str, hashed: str, *, at: datetime, is_commercial: bool = False
) -> Person:
    person = Person(
        email=email, name=name, password=hashed, is_commercial=is_commercial, created_at=at
    )
    person.save(force_insert=True)
    return person


def _password_hash() -> str:
    """Return the hash of the shared password: a hash a person would be most of the loading time."""
    person = Person()
    person.set_password(DEMO_SECRET)
    return person.password


def _forget_messages(*, at: datetime) -> None:
    """Mark the messages of the sample's past as too late, and as read: nobody receives them."""
    past = Message.objects.filter(send_before__lte=at)
    past.filter(state=Message.State.QUEUED).update(state=Message.State.TOO_LATE)
    past.exclude(news="").update(read_at=at)
