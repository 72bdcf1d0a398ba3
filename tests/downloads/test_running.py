import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.races import together
from vatio.downloads import running
from vatio.downloads.models import Download, DownloadPart
from vatio.downloads.running import Tell, TooManyDownloads
from vatio.refusal import Refused
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

CONTENT = b"0123456789" * 250_000


def ask(by: Person, *, what: str = "all") -> Download:
    return running.ask(
        Download.Kind.ACCOUNTS,
        by=by,
        at=make.NOON,
        file_name="cuentas.xlsx",
        content_type="application/x",
        rows=30,
        organisation=by.memberships.get().organisation,
        what={"what": what},
    )


def write(begun: Download, tell: Tell) -> IO[bytes]:
    made = tempfile.TemporaryFile()  # noqa: SIM115
    made.write(CONTENT)
    tell(30)
    return made


def carry_on(
    begun: Download,
    writer: Callable[[Download, Tell], IO[bytes]] = write,
    *,
    real: datetime = make.NOON,
) -> Download:
    running.carry_on(begun.pk, writers={"accounts": writer}, real=lambda: real, now=lambda: real)
    return Download.objects.get(pk=begun.pk)


@pytest.fixture
def nuria() -> Person:
    return make.superadmin(make.organisation())


def test_a_file_is_written_in_parts_and_read_back_whole(nuria: Person) -> None:
    begun = ask(nuria)
    assert ProcrastinateJob.objects.filter(
        task_name=running.TASK, args={"number": begun.pk}
    ).exists()

    over = carry_on(begun)

    assert (over.state, over.done, over.size) == ("done", 30, len(CONTENT))
    assert over.kept_until == make.NOON + timedelta(days=1)
    assert DownloadPart.objects.count() == 3
    assert b"".join(running.content(over)) == CONTENT


def test_an_empty_file_is_a_file(nuria: Person) -> None:
    over = carry_on(ask(nuria), lambda begun, tell: BytesIO())

    assert (over.state, over.size, list(running.content(over))) == ("done", 0, [])


def test_asking_twice_is_asking_once_until_it_is_written(nuria: Person) -> None:
    done, _refused = together([lambda: ask(nuria) for _ in range(4)])
    other = ask(nuria, what="other")
    carry_on(done[0])
    again = ask(nuria)

    assert len({begun.pk for begun in done}) == 1
    assert len({done[0].pk, other.pk, again.pk}) == 3
    for begun in (done[0], other, again):
        jobs = ProcrastinateJob.objects.filter(task_name=running.TASK, args={"number": begun.pk})
        assert jobs.count() == 1


def test_one_waits_for_ten_files_at_most(nuria: Person) -> None:
    for number in range(10):
        ask(nuria, what=str(number))

    with pytest.raises(TooManyDownloads):
        ask(nuria, what="one more")

    ask(nuria, what="3")
    assert Download.objects.count() == 10


def test_how_far_it_is_can_be_seen_while_it_is_written(nuria: Person) -> None:
    begun, seen = ask(nuria), []
    beside = connection.copy()

    def slowly(download: Download, tell: Tell) -> IO[bytes]:
        for done in (10, 20):
            tell(done)
            with beside.cursor() as cursor:
                cursor.execute("SELECT done, state FROM downloads_download")
                seen.append(cursor.fetchone())
        return write(download, tell)

    carry_on(begun, slowly)
    beside.close()

    assert seen == [(10, "waiting"), (20, "waiting")]


def test_one_that_is_killed_on_the_way_is_begun_again(nuria: Person) -> None:
    begun = ask(nuria)

    def die(download: Download, tell: Tell) -> IO[bytes]:
        tell(10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_on(begun, die)
    assert Download.objects.get().state == "waiting"
    running.carry_all_on(writers={"accounts": write}, real=lambda: make.NOON, now=lambda: make.NOON)

    over = Download.objects.get()
    assert (over.state, over.attempts) == ("done", 2)
    assert b"".join(running.content(over)) == CONTENT


def test_one_that_fails_three_times_is_given_up_in_words(nuria: Person) -> None:
    begun = ask(nuria)

    def fail(download: Download, tell: Tell) -> IO[bytes]:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            carry_on(begun, fail)
    over = carry_on(begun, fail)

    assert (over.state, over.words) == (
        "refused",
        "No se ha podido escribir. Avise a quien administra la plataforma.",
    )


def test_a_refusal_is_kept_in_words(nuria: Person) -> None:
    def refuse(download: Download, tell: Tell) -> IO[bytes]:
        raise Refused("Nada.")

    over = carry_on(ask(nuria), refuse)

    assert (over.state, over.words, DownloadPart.objects.count()) == ("refused", "Nada.", 0)


def test_three_workers_at_once_write_it_once(nuria: Person) -> None:
    begun, written = ask(nuria), []

    def count(download: Download, tell: Tell) -> IO[bytes]:
        written.append(1)
        return write(download, tell)

    _done, refused = together([lambda: carry_on(begun, count) for _ in range(3)])

    assert refused == []
    assert len(written) == 1
    assert Download.objects.get().state == "done"


def test_one_that_was_deleted_meanwhile_leaves_nothing(nuria: Person) -> None:
    begun = ask(nuria)

    def gone(download: Download, tell: Tell) -> IO[bytes]:
        made = write(download, tell)
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute("DELETE FROM downloads_download")
        beside.close()
        return made

    running.carry_on(
        begun.pk, writers={"accounts": gone}, real=lambda: make.NOON, now=lambda: make.NOON
    )

    assert (Download.objects.count(), DownloadPart.objects.count()) == (0, 0)


def test_after_a_day_it_is_forgotten(nuria: Person) -> None:
    carry_on(ask(nuria))
    ask(nuria, what="waits")

    running.forget_old(real=make.NOON + timedelta(hours=23, minutes=59))
    assert Download.objects.count() == 2
    running.forget_old(real=make.NOON + timedelta(days=1))

    assert (Download.objects.count(), DownloadPart.objects.count()) == (1, 0)


def test_only_who_asked_sees_it_and_only_while_they_may(nuria: Person) -> None:
    own = ask(nuria)
    iago = make.superadmin(nuria.memberships.get().organisation, "Iago Ferro")
    commercial = make.commercial()

    assert list(Download.objects.visible_to(nuria)) == [own]
    assert not Download.objects.visible_to(iago).exists()
    assert not Download.objects.visible_to(commercial).exists()
    nuria.memberships.all().delete()
    assert not Download.objects.visible_to(nuria).exists()


def test_a_list_of_every_organisation_is_for_the_department_alone() -> None:
    elena = make.commercial()
    running.ask(
        Download.Kind.ACCOUNTS,
        by=elena,
        at=make.NOON,
        file_name="cuentas.xlsx",
        content_type="application/x",
        rows=30,
        what={},
    )
    assert Download.objects.visible_to(elena).exists()

    elena.is_commercial = False

    assert not Download.objects.visible_to(elena).exists()
