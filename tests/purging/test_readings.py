import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction

from tests import make
from tests.purging.lived import OVER, asked, in_codes, lived, take_export
from tests.races import together
from tests.readings.stored import put, seconds
from vatio.accounts import adjusting
from vatio.accounts.locking import AccountGone, hold, lock
from vatio.accounts.models import Account
from vatio.downloads.models import Download
from vatio.metering.models import Series
from vatio.purging import contents, deleting, exporting, gradually
from vatio.readings import following
from vatio.readings import series as all_series
from vatio.readings.models import Day, KeptFile, PendingQuantity, Revision
from vatio.readings.series import SeriesKey

pytestmark = pytest.mark.django_db

TABLES = [each.table for each in contents.BELONGINGS if each.table.startswith("readings_")]


def keys(account: Account) -> tuple[SeriesKey, SeriesKey]:
    """Find the interval and the register series that were read."""
    read = Day.objects.filter(account_id=account.pk).values_list("series_id", flat=True)
    found = all_series.find(account.pk, set(read)).values()
    (interval,) = (each for each in found if each.kind == "interval")
    (register,) = (each for each in found if each.kind == "register")
    return interval, register


def exported(account: Account) -> zipfile.ZipFile:
    with exporting.export(account, words=in_codes, by=make.commercial(), at=OVER) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def lines(packed: zipfile.ZipFile, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(packed.read(name).decode(), newline="")))


def test_each_series_has_a_file_of_its_readings_in_the_unit_of_the_pages() -> None:
    hotel = lived()
    interval, register = keys(hotel)

    packed = exported(hotel)

    heading, *rows = lines(packed, f"readings/{interval.id}.csv")
    assert heading == ["Instante", "Energía activa (kWh)", "Calidad"]
    assert len(rows) == 48
    assert rows[0] == [
        "2025-06-11T00:00:00+02:00",
        "1.0",
        "enviado por un equipo; medido; diferencia de registros",
    ]
    assert rows[1] == ["2025-06-11T01:00:00+02:00", "1.25", "enviado por un equipo; medido"]
    assert rows[3][1:] == ["1.5005", "fichero de facturación; estimado; firme"]
    _heading, *registers = lines(packed, f"readings/{register.id}.csv")
    assert [row[:2] for row in registers] == [
        ["2025-06-11T00:00:00+02:00", "1.0"],
        ["2025-06-11T01:00:00+02:00", "2.0"],
    ]
    beside = lines(packed, f"readings/{register.id}-registers.csv")
    assert [row[:3] for row in beside[1:]] == [
        ["2025-06-11T00:11:40+02:00", "1.234", "enviado por un equipo; medido"]
    ]
    assert f"readings/{interval.id}-registers.csv" not in packed.namelist()
    assert f"readings/{register.id}-corrections.csv" not in packed.namelist()


def test_what_was_replaced_is_in_a_file_of_its_own_a_gap_without_a_value() -> None:
    hotel = lived()
    interval, _register = keys(hotel)
    put(interval, [(seconds("2025-06-12T22:00"), 500.0)], at=seconds("2025-06-13T00:00"))
    put(interval, [(seconds("2025-06-12T23:00"), 700.0)], at=seconds("2025-06-23T00:00"))

    packed = exported(hotel)

    heading, *rows = lines(packed, f"readings/{interval.id}-corrections.csv")
    assert heading == [
        *("Instante", "Energía activa (kWh)", "Calidad", "Sustituido", "Sustituido por la entrega")
    ]
    assert ["2025-06-11T03:00:00+02:00", "1.25"] in [row[:2] for row in rows]
    assert rows[-1][:4] == ["2025-06-13T01:00:00+02:00", "", "", "2025-06-23T02:00:00+02:00"]


def test_a_night_of_twenty_five_hours_has_each_instant_once() -> None:
    hotel = lived()
    interval, _register = keys(hotel)
    begins = seconds("2025-10-25T22:00")
    put(interval, [(begins + 3600 * n, 1000.0 * n) for n in range(25)], at=begins + 90_000)

    rows = lines(exported(hotel), f"readings/{interval.id}.csv")

    night = [row[0] for row in rows if row[0].startswith("2025-10-26")]
    assert len(set(night)) == 25
    assert night[1:5] == [
        "2025-10-26T01:00:00+02:00",
        "2025-10-26T02:00:00+02:00",
        "2025-10-26T02:00:00+01:00",
        "2025-10-26T03:00:00+01:00",
    ]
    assert [float(row[1]) for row in rows if row[0] in night] == [float(n) for n in range(25)]


def test_every_series_is_listed_with_its_file_and_what_is_in_it() -> None:
    hotel = lived()
    interval, _register = keys(hotel)

    found = [row for subject, row in contents.read(hotel) if subject.name == "reading_files"]
    packed = exported(hotel)

    assert {row["file"] for row in found} == {
        name for name in packed.namelist() if name.startswith("readings/") and "-" not in name
    }
    assert len(found) == Series.objects.filter(account=hotel).count()
    (own,) = (row for row in found if row["file"] == f"readings/{interval.id}.csv")
    assert (own["days"], own["readings"]) == (2, 48)
    assert own["total"] == 1000.0 + 46 * 1250 + 1500.5
    assert own["corrections"] > 0


def test_readings_count_for_whether_the_worker_writes_the_export() -> None:
    hotel = lived()
    before = exporting.size(hotel)
    interval, _register = keys(hotel)

    put(interval, [(seconds("2025-07-01T00:00"), 1.0)], at=OVER.timestamp())

    assert exporting.size(hotel) == before + 1 + 1  # The reading, and its delivery.


CHANGES: dict[str, Callable[[Account, SeriesKey], object]] = {
    "a reading": lambda hotel, key: put(key, [(seconds("2025-07-01T00:00"), 1.0)], at=0),
    "a correction": lambda hotel, key: put(
        key, [(seconds("2025-06-11T10:00"), 1_251.0)], at=OVER.timestamp()
    ),
    "two that sum to the same": lambda hotel, key: put(
        key,
        [(seconds("2025-06-11T10:00"), 1_251.0), (seconds("2025-06-11T11:00"), 1_249.0)],
        at=OVER.timestamp(),
    ),
    "a pending quantity": lambda hotel, key: PendingQuantity.objects.update(readings=2),
    "a kept file": lambda hotel, key: KeptFile.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_of_the_readings_is_a_change_of_the_account(change: str) -> None:
    hotel = lived()
    before = contents.digest(contents.read(hotel))

    CHANGES[change](hotel, keys(hotel)[0])

    assert contents.digest(contents.read(hotel)) != before


def test_to_follow_what_changed_is_no_change_of_the_account() -> None:
    hotel = lived()
    before = contents.digest(contents.read(hotel))

    assert following.follow() > 0

    assert contents.digest(contents.read(hotel)) == before


def test_an_account_with_readings_that_came_since_its_export_stays() -> None:
    hotel = lived()
    purge = asked(hotel)
    put(keys(hotel)[0], [(seconds("2025-07-01T00:00"), 1.0)], at=OVER.timestamp())

    assert not deleting.end(purge.pk, at=OVER)

    purge.refresh_from_db()
    hotel.refresh_from_db()
    assert "ha cambiado" in purge.refusal
    assert hotel.closed_at is None
    assert Day.objects.filter(account_id=hotel.pk).count() > 0


def count(table: str, account_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE account_id = %s", [account_id])
        return int(cursor.fetchone()[0])


def test_readings_go_part_by_part_and_those_of_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = lived("Hotel Lugo 012")
    other = lived("Hotel Soria", organisation=hotel.organisation)
    purge = asked(hotel)
    begins = seconds("2025-08-01T22:00")
    before = {table: count(table, other.pk) for table in TABLES}
    monkeypatch.setattr(gradually, "AT_A_TIME", 3)
    Account.objects.filter(pk=hotel.pk).update(closed_at=OVER)
    days = [(begins + 86_400 * number, 1.0) for number in range(40)]
    put(keys(hotel)[0], days, at=OVER.timestamp())
    put(keys(hotel)[0], [(at, 2.0) for at, _one in days], at=OVER.timestamp() + 1)
    assert Revision.objects.filter(account_id=hotel.pk).count() > 40

    assert deleting.end(purge.pk, at=OVER)

    assert {table: count(table, hotel.pk) for table in TABLES} == dict.fromkeys(TABLES, 0)
    assert {table: count(table, other.pk) for table in TABLES} == before
    assert not Account.objects.filter(pk=hotel.pk).exists()


def test_who_is_killed_half_way_leaves_a_closed_account_and_the_next_one_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = lived()
    purge = asked(hotel)
    monkeypatch.setattr(gradually, "AT_A_TIME", 1)
    parts = iter(range(3))
    whole = gradually._delete_some

    def die(*asked: object) -> object:
        if next(parts, None) is None:
            raise KeyboardInterrupt
        return whole(*asked)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(gradually, "_delete_some", die)
        deleting.end(purge.pk, at=OVER)

    hotel.refresh_from_db()
    assert hotel.closed_at == OVER
    with pytest.raises(AccountGone), transaction.atomic():
        lock(hotel)
    with pytest.raises(AccountGone), transaction.atomic():
        hold(hotel.pk)
    with pytest.raises(AccountGone):
        adjusting.give_courtesy(hotel, 10, reason="Vuelven", by=make.commercial(), at=OVER)
    with pytest.raises(AccountGone):
        take_export(hotel)
    later = make.noon(date(2027, 1, 1))
    assert deleting.end_all(at=later) == 1
    purge.refresh_from_db()
    assert (purge.done_at, purge.refused_at) == (later, None)


def test_an_export_under_which_the_account_goes_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = lived()
    begun = Download.objects.get()
    begun.account, begun.what = hotel, {}

    def tell(_done: int) -> None:
        Account.objects.filter(pk=hotel.pk).update(closed_at=OVER)

    monkeypatch.setattr(exporting, "TELL_EVERY", 10)
    with pytest.raises(AccountGone):
        exporting.write_download(begun, tell, words=in_codes)


@pytest.mark.django_db(transaction=True)
def test_a_purge_waits_for_who_stores_readings_and_then_finds_them() -> None:
    hotel = lived()
    purge = asked(hotel)
    interval, _register = keys(hotel)
    holds = Event()

    def store() -> bool:
        with transaction.atomic():
            hold(hotel.pk)
            holds.set()
            put(interval, [(seconds("2025-07-01T00:00"), 1.0)], at=OVER.timestamp())
        return True

    def end() -> bool:
        holds.wait(timeout=30)
        return deleting.end(purge.pk, at=OVER)

    done, refused = together([store, end])

    assert (done, refused) == ([True, False], [])
    assert Account.objects.filter(pk=hotel.pk, closed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_an_account_is_being_closed_is_refused() -> None:
    hotel = lived()
    purge = asked(hotel)
    interval, _register = keys(hotel)

    def store() -> bool:
        with transaction.atomic():
            hold(hotel.pk)
            put(interval, [(seconds("2025-07-01T00:00"), 1.0)], at=OVER.timestamp())
        return True

    done, refused = together([store, lambda: deleting.end(purge.pk, at=OVER), store])

    stored = Day.objects.filter(account_id=hotel.pk).exists()
    assert stored == Account.objects.filter(pk=hotel.pk).exists()
    assert stored == (len(done) == 3)
    assert all(isinstance(each, AccountGone) for each in refused)


def test_any_number_hold_an_account_at_a_time() -> None:
    hotel = make.account()

    hold(hotel.pk)
    with connection.copy().cursor() as beside:  # It would wait for ever where it has to wait.
        beside.execute("SET lock_timeout = '1s'")
        beside.execute("SELECT 1 FROM accounts_account WHERE id = %s FOR KEY SHARE", [hotel.pk])

    with pytest.raises(AccountGone):
        hold(hotel.pk + 1)


@pytest.mark.parametrize("table", ["readings_revision", "readings_registerreading"])
def test_the_pages_role_deletes_no_reading_that_was_replaced(
    table: str, request: pytest.FixtureRequest
) -> None:
    lived()
    request.getfixturevalue("as_web")

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
