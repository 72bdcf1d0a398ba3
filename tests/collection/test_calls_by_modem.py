import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from tests.collection.called import by_modem
from tests.collection.field import NIGHT, account, collect, demo, line, measured, meters, stored
from tests.collection.reaching.modem_player import Behind, ModemPlayer, behind_device, behind_server
from vatio.collection import making_calls
from vatio.collection.calling import OUTCOMES
from vatio.collection.iec102.failures import CallFailure
from vatio.collection.models import CallAttempt
from vatio.collection.reaching.modem import ModemLimits
from vatio.metering.models import RtcLine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    demo()
    settings.COLLECT_MODEMS = {"Lugo": "/dev/vatio-has-no-such-modem"}
    monkeypatch.setattr(making_calls, "DIALLING", ModemLimits(command=2, connect=5, guard=0.05))


@contextmanager
def modem(behind: Behind, player: ModemPlayer) -> Iterator[str]:
    """Let a modem play in a thread of its own, and hand over what opens it."""
    up, opens = threading.Event(), []

    async def play() -> None:
        over = asyncio.Event()
        async with behind(player) as what:
            opens.extend([what, asyncio.get_running_loop(), over])
            up.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(play()), daemon=True)
    thread.start()
    assert up.wait(20)
    what, loop, over = opens
    yield what
    loop.call_soon_threadsafe(over.set)
    thread.join(20)


def line_by_modem(**more: Any) -> RtcLine:
    known = by_modem(**more)
    return line(account(), **{name: getattr(known, name) for name in known.__dataclass_fields__})


@pytest.mark.parametrize("behind", [behind_device, behind_server])
def test_a_line_is_called_by_its_modem_and_its_curves_are_stored(settings, behind: Behind) -> None:
    own = line_by_modem()
    since, until = date(2026, 11, 8), date(2026, 11, 10)
    own.settings.hours_until = own.settings.quarters_until = since
    own.settings.save()

    with meters(()) as field:
        player = ModemPlayer(meter=field.ports[0])
        with modem(behind, player) as opens:
            settings.COLLECT_MODEMS = {"Lugo": opens}
            collect(NIGHT)

    call = CallAttempt.objects.get()
    assert (call.outcome, call.days_read, call.hours, call.quarters) == ("done", 2, 48, 192)
    assert stored(own, since, until) == measured(since, until)
    assert player.heard == ["ATZ", "AT+CBST=7,0,1", "ATD+34982102030", "+++", "ATH0"]


@pytest.mark.parametrize(
    "says, outcome",
    [
        ("BUSY", "engaged"),
        ("NO CARRIER", "no_carrier"),
        ("NO DIALTONE", "no_dialtone"),
        ("NO ANSWER", "no_answer"),
        ("ERROR", "modem_fault"),
    ],
)
def test_what_a_modem_says_is_how_the_call_ended(settings, says: str, outcome: str) -> None:
    line_by_modem()

    with modem(behind_server, ModemPlayer(says=says)) as opens:
        settings.COLLECT_MODEMS = {"Lugo": opens}
        collect(NIGHT)

    assert CallAttempt.objects.get().outcome == outcome


def test_a_modem_that_is_not_there_or_no_longer_named_is_no_modem(settings) -> None:
    line_by_modem()
    line_by_modem(telephone="982 10 20 31")

    first = collect(NIGHT)
    settings.COLLECT_MODEMS = {}
    CallAttempt.objects.all().delete()
    second = collect(NIGHT)

    assert (len(first), len(second)) == (2, 2)
    assert {each.outcome for each in CallAttempt.objects.all()} == {"no_modem"}


def test_every_failure_of_a_call_has_words_for_people() -> None:
    assert set(OUTCOMES) == set(CallFailure)
