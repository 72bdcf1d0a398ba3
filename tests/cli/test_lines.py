import json
from pathlib import Path

import pytest

from tests import make
from tests.collection.called import KEY, spellings
from vatio.accounts.models import Account
from vatio.cli import arguments, lines
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import LineSettings
from vatio.collection.reaching.addresses import NotAllowed
from vatio.collection.sealing import NotAKey
from vatio.collection.setting_up import key_of
from vatio.entitlements.limits import LimitReached
from vatio.metering import installing
from vatio.metering.models import Meter, RtcLine
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db

CUPS = "ES1234123456789012JY"


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Tres", meters=3, supply_points=3, rtc_lines=1)
    account = make.account("Hotel Lugo", version=version)
    point = make.supply_point(account, cups=CUPS)
    for serial, measures in (("AB-1", installing.Measures(point)), ("AB-2", None)):
        installing.add_meter(
            account,
            installing.MeterDetails(f"Contador {serial}", serial, measures=measures),
            by=make.commercial(),
            at=make.NOON,
        )
    return account


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    return file


def run(account: Account, key_file: Path, *options: str) -> str:
    """Run `vatio lines add`; return the line that it prints."""
    known = {
        "--account": account.name,
        "--organisation": account.organisation.name,
        "--cups": CUPS,
        "--host": "8.8.8.8",
        "--port": "4001",
        "--link": "7",
        "--point": "3",
        "--key-file": str(key_file),
    }
    named = [word for pair in known.items() for word in pair]
    said: list[str] = []
    typed = arguments.read(["lines", "add", *named, *options])
    assert lines.run_add(typed, at=make.NOON, say=said.append) == 0
    (line,) = said
    return line


def test_a_line_calls_the_principal_meter_of_the_cups(hotel: Account, key_file: Path) -> None:
    told = json.loads(run(hotel, key_file, "--json"))

    line = RtcLine.objects.get()
    assert line.meter.serial == "AB-1"
    assert key_of(LineSettings.objects.get(line=line)) == MeterKey(KEY)
    assert told == {
        "account": "Hotel Lugo",
        "organisation": hotel.organisation.name,
        "line": str(line.uid),
        "cups": CUPS,
        "meter": "AB-1",
        "host": "8.8.8.8",
        "port": 4001,
        "link": 7,
        "point": 3,
    }


def test_another_meter_can_be_named_and_the_line_is_printed_alone(
    hotel: Account, key_file: Path
) -> None:
    said = run(hotel, key_file, "--meter", "AB-2")

    line = RtcLine.objects.get()
    assert (line.meter.serial, said) == ("AB-2", str(line.uid))


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (["--cups", "ES0021000000000001TB"], Refused),
        (["--cups", "nonsense"], Refused),
        (["--meter", "AB-9"], Refused),
        (["--host", "169.254.169.254"], NotAllowed),
        (["--port", "eighty"], Refused),
        (["--link", "70000"], Refused),
        (["--account", "Otra"], Refused),
        (["--key-file", "/nowhere/key"], Refused),
    ],
)
def test_what_cannot_be_is_refused_and_adds_nothing(
    hotel: Account, key_file: Path, options: list[str], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        run(hotel, key_file, *options)

    assert not RtcLine.objects.exists()


def test_a_file_of_something_else_is_refused_without_repeating_it(
    hotel: Account, key_file: Path
) -> None:
    key_file.write_text(f"key: {KEY}")

    with pytest.raises(NotAKey) as refused:
        run(hotel, key_file)

    assert not [number for number in spellings() if number in str(refused.value)]


def test_the_limit_of_lines_counts_here_too(hotel: Account, key_file: Path) -> None:
    run(hotel, key_file)

    with pytest.raises(LimitReached):
        run(hotel, key_file, "--meter", "AB-2")
    assert Meter.objects.count() == 2


def test_keys_are_sealed_anew_by_a_command(settings, hotel: Account, key_file: Path) -> None:
    settings.DATA_KEYS = (b"o" * 32,)
    run(hotel, key_file)
    settings.DATA_KEYS = (b"n" * 32, b"o" * 32)
    said: list[str] = []

    asked = arguments.read(["lines", "reseal", "--json"])
    codes = [lines.run_reseal(asked, say=said.append)]
    settings.DATA_KEYS = (b"x" * 32,)
    codes.append(lines.run_reseal(asked, say=said.append))

    assert codes == [0, 1]
    assert [json.loads(each) for each in said] == [
        {"resealed": 1, "unreadable": 0},
        {"resealed": 0, "unreadable": 1},
    ]
