import asyncio

import pytest

from tests.demo.meter.calling import NOW, call, day
from vatio.cli import arguments, meters
from vatio.demo.meter.faults import KNOWN, MeterFaults
from vatio.demo.meter.server import MeterDoor
from vatio.demo.meter.station import SimulatedMeter


def test_a_simulated_meter_is_described_by_words() -> None:
    typed = arguments.read(
        [
            "demo",
            "meter",
            "--port",
            "4059",
            "--link",
            "7000",
            "--fault",
            "drop=3",
            "--fault",
            "invalid",
        ]
    )

    assert (typed.module, typed.command) == ("demo", "meter")
    assert (typed.port, typed.link, typed.point, typed.key) == (4059, 7000, 1, 7)
    assert typed.fault == ["drop=3", "invalid"]


def test_the_faults_are_listed_and_nothing_else_is_needed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.read(["demo", "meter", "--fault", "help"])

    assert ended.value.code == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition("=")[0] for line in printed] == list(KNOWN)


@pytest.mark.parametrize("words", [
    ["--fault", "nonsense"], ["--fault", "drop=x"], ["--key", "-1"], ["--key", "4294967296"],
    ["--link", "65536"], ["--port", "99999"],
])  # fmt: skip
def test_what_describes_no_meter_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.read(["demo", "meter", "--port", "4059", *words])

    assert ended.value.code == 2


def test_a_simulated_meter_says_where_it_answers_and_answers_there() -> None:
    said: list[str] = []

    async def run() -> int:
        meter = SimulatedMeter(link=7000)
        door = MeterDoor(meter, MeterFaults(), now=lambda: NOW)
        serving = asyncio.create_task(meters.serve(door, meter, port=0, say=said.append))
        while not said:
            await asyncio.sleep(0.01)
        port = int(said[0].partition("127.0.0.1:")[2].partition(",")[0])
        curve = await call(port, day(), link=7000)
        serving.cancel()
        return len(curve.intervals)

    assert asyncio.run(run()) == 24
    assert said[0].endswith("link address 7000, measuring point 1.")
