from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.readings.stored import CURVES
from tests.web.readings.uploads import packed
from vatio.accounts.models import Account
from vatio.jobs import tasks
from vatio.readings import drafts, keeping
from vatio.readings.files.curves import CurveOptions
from vatio.readings.files.signatures import signature
from vatio.readings.models import KeptFile, ReadingsDraft, RememberedOptions
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
LONG = CURVES / "largo_kw_marzo.tsv"


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo", version=make.licence("Nueve", meters=9, supply_points=9))


@pytest.fixture
def nuria(hotel: Account) -> Person:
    return make.superadmin(hotel.organisation)


def test_what_was_said_of_a_header_holds_for_the_next_file_of_the_account(
    hotel: Account, nuria: Person
) -> None:
    first = drafts.keep(hotel, "a.tsv", LONG.read_bytes(), by=nuria, at=AT)
    told = CurveOptions(label="end", cups="ES0026000045670092AC")

    drafts.settle(first, told, {}, at=AT)
    second = drafts.keep(hotel, "b.tsv", LONG.read_bytes(), by=nuria, at=AT)
    other = drafts.keep(make.account("Otra"), "c.tsv", LONG.read_bytes(), by=nuria, at=AT)

    assert (second.told, other.told) == ({"label": "end"}, {})
    assert RememberedOptions.objects.count() == 1


def test_a_header_is_the_same_whatever_stands_above_and_below_it() -> None:
    lines = b"CUPS;Fecha;Hora;Consumo_kWh\nES0031406123450017SZ;26/10/2026;1;1,168\n"
    other = b"Informe\n\nCUPS;Fecha;Hora;Consumo_kWh\nES0022000098760031ML;27/10/2026;2;2,1\n"

    assert signature(lines) == signature(other) != ""
    assert signature(lines.replace(b"Consumo_kWh", b"Consumo")) != signature(lines)
    assert signature(b"%PDF-1.4") == signature(b"\x00\x01") == ""
    assert signature((CURVES / "largo_octubre.xlsx").read_bytes()) == ""


def test_of_a_large_archive_the_first_files_are_read_before_it_is_stored(
    hotel: Account, nuria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed({f"{number}.csv": CURVES / "errores.csv" for number in range(5)})
    monkeypatch.setattr(drafts, "MOST_READ", 3)
    draft = drafts.keep(hotel, "todo.zip", content, by=nuria, at=AT)

    plan = drafts.plan(hotel, draft, at=AT)

    assert [each.name for each in plan.members] == ["0.csv", "1.csv", "2.csv"]
    assert plan.unread == ["3.csv", "4.csv"]


def test_what_waits_to_be_stored_is_neither_discarded_nor_forgotten(
    hotel: Account, nuria: Person
) -> None:
    draft = drafts.keep(hotel, "a.tsv", LONG.read_bytes(), by=nuria, at=AT)
    ReadingsDraft.objects.update(state="running")

    drafts.discard(hotel, draft.uid)
    drafts.keep(hotel, "b.tsv", LONG.read_bytes(), by=nuria, at=AT + timedelta(days=8))

    assert set(ReadingsDraft.objects.values_list("file_name", flat=True)) == {"a.tsv", "b.tsv"}


@pytest.mark.parametrize(
    "said",
    [
        {"label": "never", "unit": "GW", "kind": "x", "decimal": ";", "format": "f9"},
        {"minutes": "7", "time_zone": "Europe/Nowhere", "label": ["start"]},
        {"minutes": "٣٠", "time_zone": "../../etc/passwd", "unit": None},
    ],
)
def test_what_is_no_possible_answer_is_left_open(said: dict[str, object]) -> None:
    assert drafts.options_of(said) == CurveOptions()


def test_the_hourly_task_forgets_files_that_were_kept_long_enough(hotel: Account) -> None:
    long_ago = AT - timedelta(days=400)
    keeping.keep(hotel.pk, b"x", sha256="a", name="x.csv", at=long_ago)

    tasks.forget(timestamp=0)

    assert KeptFile.objects.get().content is None
