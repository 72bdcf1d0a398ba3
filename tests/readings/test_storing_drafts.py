from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.races import together
from tests.readings.stored import CURVES
from tests.web.readings.uploads import packed
from vatio.accounts.models import Account
from vatio.readings import drafts, importing, storing_drafts
from vatio.readings.files.curves import CurveOptions
from vatio.readings.models import Day, Delivery, ReadingsDraft

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
NAMES = ("matriz_octubre.csv", "largo_iso_cuartos.csv", "edistribucion_octubre.csv")
CUPS = "ES0031406123450017SZ"


def kept(content: bytes, name: str) -> tuple[Account, ReadingsDraft]:
    version = make.licence("Nueve", meters=9, supply_points=9)
    hotel = make.account("Hotel Lugo", version=version)
    draft = drafts.keep(hotel, name, content, by=make.superadmin(hotel.organisation), at=AT)
    drafts.settle(draft, CurveOptions(), {"create": True}, at=AT)
    return hotel, draft


def archive() -> tuple[Account, ReadingsDraft]:
    return kept(packed({name: CURVES / name for name in NAMES}), "todo.zip")


def hours(days: int) -> bytes:
    """Return a file of hours, CNMC's common format, from 1 January 2023 on."""
    first = datetime(2023, 1, 1, tzinfo=UTC)
    lines = ["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion"]
    for number in range(days):
        day = f"{first + timedelta(days=number):%d/%m/%Y}"
        lines += [f"{CUPS};{day};{hour};1,000;R" for hour in range(1, 24)]
    return "\n".join(lines).encode()


def begin(draft: ReadingsDraft) -> None:
    storing_drafts.begin(draft, by=make.commercial(), now=lambda: AT)


def carry_on(draft: ReadingsDraft) -> None:
    storing_drafts.carry_on(draft.account_id, draft.uid, now=lambda: AT)


def jobs(draft: ReadingsDraft) -> list[ProcrastinateJob]:
    queued = ProcrastinateJob.objects.filter(task_name=storing_drafts.TASK)
    return [each for each in queued if each.args["draft"] == str(draft.uid)]


def again(draft: ReadingsDraft) -> ReadingsDraft:
    return ReadingsDraft.objects.get(account_id=draft.account_id, uid=draft.uid)


def test_an_archive_is_stored_by_the_worker_file_by_file() -> None:
    _hotel, draft = archive()

    begin(draft)
    (queued,) = jobs(draft)
    before = again(draft).state
    carry_on(draft)

    done = again(draft)
    assert queued.args == {"account": draft.account_id, "draft": str(draft.uid)}
    assert (before, done.state, done.members_done, done.content) == ("waiting", "done", 3, None)
    assert [each["name"] for each in done.outcomes] == list(NAMES)
    assert [each["new"] for each in done.outcomes] == [73, 196, 25]
    assert Delivery.objects.count() == 3


def test_a_worker_that_is_killed_goes_on_behind_what_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _hotel, draft = archive()
    begin(draft)
    real = importing.carry_out

    def die(account: Account, content: bytes, **how: object) -> object:
        if how["name"] == NAMES[1]:
            real(account, content, **how)  # type: ignore[arg-type]
            raise KeyboardInterrupt
        return real(account, content, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(importing, "carry_out", die)
        with pytest.raises(KeyboardInterrupt):
            carry_on(draft)
    killed = again(draft)
    stored = Delivery.objects.count()

    storing_drafts.carry_all_on(now=lambda: AT)

    assert (killed.state, killed.members_done, stored) == ("running", 1, 1)
    assert (again(draft).state, Delivery.objects.count()) == ("done", 3)
    assert [each["new"] for each in again(draft).outcomes] == [73, 196, 25]


def test_how_far_a_long_file_is_can_be_seen_while_nothing_is_there_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _hotel, draft = kept(hours(1000), "larga.csv")
    seen = []
    beside = connection.copy()
    tell = storing_drafts._tell

    def look(which: ReadingsDraft, done: int, whole: int) -> None:
        tell(which, done, whole)
        with beside.cursor() as cursor:
            cursor.execute(
                'SELECT values_done, "values", (SELECT count(*) FROM readings_day)'
                " FROM readings_readingsdraft"
            )
            seen.append(cursor.fetchone())

    monkeypatch.setattr(storing_drafts, "_tell", look)
    begin(draft)
    waits = again(draft).state
    carry_on(draft)
    beside.close()

    assert waits == "waiting"
    assert [each[0] for each in seen] == [9200, 18400, 23000]
    assert {each[1:] for each in seen} == {(23000, 0)}
    assert (Day.objects.count(), Delivery.objects.get().new) == (1000, 23000)


def test_a_short_file_is_stored_at_once() -> None:
    _hotel, draft = kept((CURVES / NAMES[0]).read_bytes(), NAMES[0])

    begin(draft)

    assert (again(draft).state, Delivery.objects.get().new) == ("done", 73)
    assert jobs(draft) == []


def test_pressing_at_the_same_moment_and_three_workers_store_it_once() -> None:
    _hotel, draft = archive()
    by = make.commercial()

    together([lambda: storing_drafts.begin(draft, by=by, now=lambda: AT) for _ in range(4)])
    together([lambda: carry_on(draft) for _ in range(3)])

    assert len(jobs(draft)) == 1
    assert (again(draft).state, Delivery.objects.count()) == ("done", 3)


def test_a_file_of_an_archive_that_must_be_asked_stops_no_other() -> None:
    names = ("largo_kw_marzo.tsv", "matriz_octubre.csv")
    _hotel, draft = kept(packed({name: CURVES / name for name in names}), "todo.zip")
    begin(draft)

    carry_on(draft)

    asked, stored = again(draft).outcomes
    assert again(draft).state == "done"
    assert (asked["delivery"], bool(asked["words"]), stored["new"]) == (None, True, 73)


def test_a_matrix_of_quarters_counts_as_long_by_its_separators() -> None:
    line = "01/01/2026;" + ";".join(["1,0"] * 96) + "\n"

    assert storing_drafts.about_values((line * 300).encode()) == 28_800
    assert storing_drafts.about_values(hours(10)) == 231


def test_the_account_of_a_draft_may_be_gone() -> None:
    _hotel, draft = archive()
    begin(draft)
    ReadingsDraft.objects.update(account_id=draft.account_id + 1)

    storing_drafts.carry_all_on(now=lambda: AT)

    assert ReadingsDraft.objects.get().state == "waiting"
