from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from vatio.accounts import adjusting, undoing
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, SmsWallet, Term
from vatio.catalogue.models import LicenceVersion
from vatio.dates import add_months, start_of
from vatio.orders import deciding
from vatio.refusal import Refused
from vatio.units import Quantities, Unit

FIRST = date(2024, 2, 29)
MEASURED = ("meters", "supply_points", "rtc_lines")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["expand", "upgrade", "renew", "fewer", "credits", "early", "courtesy", "undo", "wait"]
        ),
        st.integers(0, 40),
        st.integers(0, 200),
    ),
    min_size=1,
    max_size=9,
)


@dataclass
class Kept:
    """A term as the oracle keeps it: its days, and what each day on brought."""

    starts_on: date
    ends_on: date
    anchor: int
    licence: LicenceVersion
    extras: dict[str, int]
    changes: list[tuple[date, LicenceVersion | None, dict[str, int]]] = field(default_factory=list)
    by_renewal_at: datetime | None = None
    is_closed: bool = False

    def on(self, day: date) -> tuple[LicenceVersion, dict[str, int]]:
        licence, extras = self.licence, dict(self.extras)
        for since, other, more in self.changes:
            if since <= day:
                licence = other or licence
                for unit, number in more.items():
                    extras[unit] = extras.get(unit, 0) + number
        return licence, extras


class Oracle:
    """An account's life told again in plain Python, apart from the code under test."""

    def __init__(self, basic: LicenceVersion, better: LicenceVersion) -> None:
        end = add_months(FIRST, 12, anchor_day=29)
        self.terms = [Kept(FIRST, end, 29, basic, {})]
        self.better = better
        self.credits = 0

    def live(self) -> list[Kept]:
        return [term for term in self.terms if term.ends_on > term.starts_on]

    def end(self) -> date:
        return max((term.ends_on for term in self.live()), default=FIRST)

    def running(self, today: date) -> Kept | None:
        return next((t for t in self.live() if t.starts_on <= today < t.ends_on), None)

    def waiting(self, today: date) -> Kept | None:
        return next((t for t in self.live() if t.starts_on > today), None)

    def takeable(self, at: datetime) -> Kept | None:
        waiting = self.waiting(at.date())
        if waiting is None or waiting.by_renewal_at is None:
            return None
        return waiting if at - waiting.by_renewal_at < timedelta(hours=24) else None

    def affected(self, today: date) -> list[Kept]:
        running, waiting = self.running(today), self.waiting(today)
        assert running is not None
        if waiting is None:
            return [running]
        same = running.on(today)[0].pk == waiting.on(waiting.starts_on)[0].pk
        return [running, waiting] if same else [running]

    def change(self, today: date, licence: LicenceVersion | None, extras: dict[str, int]) -> None:
        for term in self.affected(today):
            term.changes.append((max(today, term.starts_on), licence, extras))

    def renew(self, today: date, at: datetime) -> None:
        last = max(self.live(), key=lambda term: term.ends_on)
        licence, extras = last.on(last.ends_on - timedelta(days=1))
        starts = last.ends_on if last.ends_on > today else today
        follows = starts == last.ends_on == _day_in(starts, last.anchor)
        anchor = last.anchor if follows else starts.day
        end = add_months(starts, 12, anchor_day=anchor)
        self.terms.append(Kept(starts, end, anchor, licence, extras, by_renewal_at=at))

    def totals(self, day: date) -> tuple[int, ...] | None:
        term = self.running(day)
        if term is None:
            return None
        licence, extras = term.on(day)
        return tuple(getattr(licence, unit) + extras.get(unit, 0) for unit in MEASURED)


def _day_in(day: date, anchor: int) -> date:
    while True:
        try:
            return day.replace(day=anchor)
        except ValueError:
            anchor -= 1


class TestLives(TestCase):
    """Random sequences of orders, adjustments and days."""

    @given(deeds=DEEDS)
    @settings(
        max_examples=full_or_tenth(60),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_what_is_held_is_what_a_plain_account_of_its_life_says(
        self, deeds: list[tuple[str, int, int]]
    ) -> None:
        basic = make.licence("Básica Mtr")
        better = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
        hotel = make.account(starts_on=FIRST, version=basic, sms_credits=0)
        elena, nuria = make.commercial(), make.superadmin(hotel.organisation)
        oracle, at = Oracle(basic, better), start_of(FIRST, hotel.time_zone) + timedelta(hours=10)

        for deed, size, days in deeds:
            at += timedelta(days=days, minutes=7)
            hotel = Account.objects.get(pk=hotel.pk)
            try:
                self._do(deed, size, hotel, oracle, at, elena=elena, nuria=nuria, better=better)
            except Refused:
                self._refused_rightly(deed, size, oracle, at)

        self._agree(hotel, oracle, at.date())

    def _do(self, deed, size, hotel, oracle, at, *, elena, nuria, better) -> None:  # type: ignore[no-untyped-def]
        today = at.date()
        if deed == "expand":
            order = make.expansion_order(hotel, by=nuria, at=at, meters=size, rtc_lines=1, sms=size)
            deciding.accept(order, by=elena, at=at)
            oracle.change(today, None, {"meters": size, "rtc_lines": 1})
            oracle.credits += size
        elif deed == "upgrade":
            deciding.accept(make.upgrade_order(hotel, better, at=at), by=elena, at=at)
            oracle.change(today, better, {})
        elif deed == "renew":
            deciding.accept(make.renewal_order(hotel, by=nuria, at=at), by=elena, at=at)
            oracle.renew(today, at)
        elif deed == "fewer":
            before = oracle.totals(today)
            adjusting.adjust_quantities(hotel, Quantities(meters=size), reason="x", by=elena, at=at)
            assert before is not None
            oracle.change(today, None, {"meters": size - before[0]})
        elif deed == "credits":
            adjusting.adjust_credits(hotel, size - 20, reason="x", by=elena, at=at)
            oracle.credits += size - 20
        elif deed == "early":
            on = today + timedelta(days=size)
            adjusting.end_early(hotel, on, reason="x", by=elena, at=at)
            waiting = oracle.waiting(today)
            if waiting is not None:
                oracle.terms.remove(waiting)
            running = oracle.running(today)
            assert running is not None
            running.ends_on, running.is_closed = on, True
        elif deed == "courtesy":
            adjusting.give_courtesy(hotel, size, reason="x", by=elena, at=at)
            oracle.renew(today, at)
            given = oracle.terms[-1]
            given.ends_on = given.starts_on + timedelta(days=size)
            given.by_renewal_at = None
        elif deed == "undo":
            undoing.undo(hotel, by=nuria, at=at)
            oracle.terms.remove(oracle.takeable(at))

    def _refused_rightly(self, deed: str, size: int, oracle: Oracle, at: datetime) -> None:
        today = at.date()
        running, waiting = oracle.running(today), oracle.waiting(today)
        allowed = {
            "expand": running is None,
            "upgrade": running is None or running.on(today)[0].pk == oracle.better.pk,
            "renew": waiting is not None or not oracle.live(),
            "fewer": running is None or running.on(today)[1] is not None,
            "credits": size == 20 or oracle.credits + size - 20 < 0,
            "early": running is None
            or running.is_closed
            or today + timedelta(days=size) >= running.ends_on,
            "courtesy": waiting is not None or size == 0 or not oracle.live(),
            "undo": oracle.takeable(at) is None,
            "wait": False,
        }
        assert allowed[deed], deed

    def _agree(self, hotel: Account, oracle: Oracle, today: date) -> None:
        hotel.refresh_from_db()
        assert hotel.covered_until == oracle.end()
        assert hotel.ends_at == start_of(oracle.end(), hotel.time_zone)
        assert SmsWallet.objects.get(account=hotel).balance == oracle.credits
        days = {term.starts_on for term in oracle.terms} | {t.ends_on for t in oracle.terms}
        days |= {today, *(since for term in oracle.terms for since, _l, _e in term.changes)}
        for day in sorted(days | {each - timedelta(days=1) for each in days}):
            found = held(hotel, day)
            totals = found and tuple(getattr(found.totals, unit) for unit in MEASURED)
            assert totals == oracle.totals(day), day
        live = Term.objects.filter(account=hotel, live__isempty=False)
        assert live.count() == len(oracle.live())
        assert set(Unit) > set(MEASURED)
