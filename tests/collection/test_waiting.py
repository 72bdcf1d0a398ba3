import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.collection.called import by_modem
from tests.collection.field import NIGHT, account, demo, line, with_collector
from vatio.accounts.models import Account
from vatio.collection import asking, attempts, making_calls
from vatio.collection.attempts import AskedCall
from vatio.collection.collecting import Collector
from vatio.collection.locks import name_of_modem
from vatio.collection.models import CallAttempt
from vatio.collection.nights import DueLine
from vatio.collection.setting_up import change_line
from vatio.collection.watching.call_stories import progress_of
from vatio.metering.models import RtcLine

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

LUGO = "/dev/ttyUSB0"


@pytest.fixture(autouse=True)
def _demo(settings) -> None:
    settings.COLLECT_MODEMS = {"Lugo": LUGO}
    demo()


def modem_line(of: Account, telephone: str) -> RtcLine:
    own = line(of, 4001)
    change_line(own, by_modem(telephone=telephone), by=None, at=NIGHT - timedelta(days=1))
    return own


class SlowMaker:
    """Makes calls that take a moment and talk to nobody, and remembers in which order."""

    def __init__(self) -> None:
        self.made: list[DueLine | AskedCall] = []

    async def make(self, line: DueLine | AskedCall) -> int | None:
        self.made.append(line)
        await asyncio.sleep(0.4)
        return line.line_id


def test_what_was_asked_for_gets_the_modem_before_the_calls_of_the_night(monkeypatch) -> None:
    of = account(lines=30)
    for number in range(8):
        modem_line(of, f"982 10 20 {number:02}")
    own, maker = modem_line(of, "982 10 21 00"), SlowMaker()

    async def ask_during_the_first_call(collector: Collector) -> None:
        monkeypatch.setattr(collector._maker, "make", maker.make)
        stop = asyncio.Event()
        running = asyncio.create_task(collector.run(stop))
        while not maker.made:
            await asyncio.sleep(0.02)
        await collector._storing.run(asking.ask, own, by=None, at=NIGHT)
        await asyncio.sleep(3)
        stop.set()
        await running

    with_collector(NIGHT, ask_during_the_first_call)

    assert isinstance(maker.made[0], DueLine)
    assert any(isinstance(each, AskedCall) for each in maker.made[1:3])


def test_a_call_whose_modem_is_in_use_is_looked_after_and_says_so() -> None:
    of = account()
    busy, own = modem_line(of, "982 10 20 30"), modem_line(of, "982 10 20 31")
    attempt = asking.ask(own, by=None, at=NIGHT)
    CallAttempt.objects.create(
        line=busy,
        account_id=of.pk,
        organisation_id=of.organisation_id,
        started_at=NIGHT,
        modem="Lugo",
    )

    attempts.see_waiting(at=NIGHT + timedelta(minutes=9))
    early = asking.close_those_not_taken(at=NIGHT + timedelta(minutes=15))
    attempt.refresh_from_db()

    assert early == 0
    assert progress_of(attempt, at=NIGHT + timedelta(minutes=9, seconds=30)) == "queued"
    assert progress_of(attempt, at=NIGHT + timedelta(minutes=11)) == "untaken"
    assert progress_of(attempt, at=NIGHT + timedelta(minutes=20)) == "lost"


@pytest.mark.parametrize(
    "seen, over, outcome",
    [
        (None, timedelta(minutes=11), "not_taken"),
        (timedelta(minutes=5), timedelta(minutes=16), "in_use"),
        (timedelta(minutes=119), timedelta(minutes=121), "in_use"),
    ],
    ids=["by nobody", "for a while", "for ever"],
)
def test_what_waited_too_long_is_over_with_the_reason(seen, over, outcome) -> None:
    attempt = asking.ask(line(account(), 4001), by=None, at=NIGHT)
    if seen is not None:
        attempts.see_waiting(at=NIGHT + seen)

    ended = asking.close_those_not_taken(at=NIGHT + over)

    attempt.refresh_from_db()
    assert (ended, attempt.outcome) == (1, outcome)


def test_what_was_asked_for_an_account_that_is_not_collected_any_more_says_so() -> None:
    of = account()
    attempt = asking.ask(line(of, 4001), by=None, at=NIGHT)
    Account.objects.filter(pk=of.pk).update(covered_until=NIGHT.date() - timedelta(days=60))

    (asked,) = attempts.asked_calls()
    begun = attempts.begin_asked(asked, at=NIGHT)

    attempt.refresh_from_db()
    assert (begun, attempt.outcome) == (None, "not_collected")


@pytest.mark.parametrize("other", [name_of_modem("Lugo"), name_of_modem(LUGO)])
def test_a_modem_is_locked_by_its_name_and_by_what_opens_it(other: str, monkeypatch) -> None:
    modem_line(account(), "982 10 20 30")
    names: list[Iterable[str]] = []

    def refuse(_locks: object, asked: Iterable[str]) -> bool:
        names.append(asked)
        return False

    monkeypatch.setattr(making_calls.CallLocks, "take", refuse)

    with_collector(NIGHT, lambda collector: collector.once())

    assert any(other in each for each in names)
