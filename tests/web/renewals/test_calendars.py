import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from vatio.accounts import adjusting, non_renewal, renewal
from vatio.accounts.models import Account, Term
from vatio.dates import add_months
from vatio.people import calendar_links
from vatio.people.models import CalendarLink
from vatio.tenants.models import Membership, Organisation, Person
from vatio.web.renewals import calendars, icalendar
from vatio.web.renewals.icalendar import CalendarEvent

Event = dict[str, str]

NOW = make.NOON + timedelta(hours=1)
LINK = re.compile(r'readonly value="http://testserver(/calendar/[^"]+)"')


def read(body: bytes) -> tuple[Event, list[Event]]:
    """Read a calendar as RFC 5545 says, apart from the library that wrote it."""
    assert body.endswith(b"\r\n")
    raw = body.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in raw)
    lines: list[bytes] = []
    for line in raw:
        line.decode()
        if line[:1] in (b" ", b"\t"):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    about: Event = {}
    found: list[Event] = []
    inside: list[str] = []
    for line in lines:
        name, value = re.fullmatch(r"([A-Z;=/.-]+):(.*)", line.decode(), re.S).groups()  # type: ignore[union-attr]
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert inside.pop() == value
        elif inside == ["VCALENDAR"]:
            about[name] = unescaped(value)
        else:
            assert inside == ["VCALENDAR", "VEVENT"]
            assert name not in found[-1]
            found[-1][name] = unescaped(value)
    assert inside == []
    return about, found


def unescaped(value: str) -> str:
    assert re.fullmatch(r"([^\\]|\\[\\;,nN])*", value, re.S)
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.fixture
def noon(db: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def norte(noon: None) -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


@pytest.fixture
def address(norte: Organisation, nuria: Person) -> str:
    return f"/calendar/{calendar_links.make(norte, by=nuria, at=make.NOON)}.ics"


def ending(on: date, name: str, of: Organisation, **about: object) -> Account:
    start = add_months(on, -12, anchor_day=on.day)
    return make.account(name, organisation=of, starts_on=start, **about)  # type: ignore[arg-type]


def feed(address: str) -> tuple[Event, list[Event]]:
    answer = Client().get(address)
    assert answer.status_code == 200
    return read(answer.content)


def summaries(address: str) -> list[str]:
    return [event["SUMMARY"] for event in feed(address)[1]]


def test_an_account_is_an_event_of_the_whole_day_on_which_it_ends(
    norte: Organisation, address: str
) -> None:
    hotel = ending(date(2026, 12, 3), "Hotel Lugo 012", norte)

    about, found = feed(address)

    term = Term.objects.get()
    page = f"http://testserver/accounts/{hotel.uid}/"
    assert about["X-WR-CALNAME"] == "Renovaciones · Norte Eficiente"
    assert (about["VERSION"], about["CALSCALE"]) == ("2.0", "GREGORIAN")
    assert found == [
        {
            "UID": f"term-{term.pk}@testserver",
            "DTSTAMP": f"{hotel.created_at:%Y%m%dT%H%M%SZ}",
            "DTSTART;VALUE=DATE": "20261203",
            "SUMMARY": "Caduca Hotel Lugo 012",
            "DESCRIPTION": f"Cliente: Hoteles, S.A.\nLicencia: Básica Mtr\nPor decidir\n{page}",
            "CATEGORIES": "Por decidir",
            "URL": page,
            "STATUS": "CONFIRMED",
            "TRANSP": "TRANSPARENT",
            "SEQUENCE": "0",
        }
    ]


def test_the_day_is_that_of_the_accounts_zone_and_29_february_is_clamped(
    norte: Organisation, address: str
) -> None:
    make.account(
        "Canarias", organisation=norte, starts_on=date(2026, 1, 1), time_zone="Atlantic/Canary"
    )
    make.account("Madrid", organisation=norte, starts_on=date(2026, 1, 1))
    make.account(
        "Chile", organisation=norte, starts_on=date(2026, 9, 6), time_zone="America/Santiago"
    )
    make.account("Bisiesta", organisation=norte, starts_on=date(2024, 2, 29), months=36)

    days = {each["SUMMARY"]: each["DTSTART;VALUE=DATE"] for each in feed(address)[1]}

    assert days == {
        "Caduca Canarias": "20270101",
        "Caduca Madrid": "20270101",
        "Caduca Chile": "20270906",
        "Caduca Bisiesta": "20270228",
    }


@pytest.mark.parametrize(
    "name",
    [
        "Uno, dos; tres: \\n",
        "Hotel \\, \\; \\\\ «ñandú»",
        "😀" * 60,
        "Á" * 120,
        "BEGIN:VEVENT",
        "x" * 74 + "é" + "y" * 40,
        '";VALUE=URI:javascript:alert(1)',
        "👨‍👩‍👧‍👦 Família",
    ],
)
def test_whatever_an_account_is_called_is_read_back(
    norte: Organisation, nuria: Person, address: str, name: str
) -> None:
    hotel = ending(date(2026, 12, 3), "Hotel", norte)
    uid = feed(address)[1][0]["UID"]

    Account.objects.filter(pk=hotel.pk).update(name=name, client=name)

    (event,) = feed(address)[1]
    assert event["SUMMARY"] == f"Caduca {name}"
    assert event["DESCRIPTION"].split("\n")[0] == f"Cliente: {name}"
    assert event["UID"] == uid


@given(st.lists(st.text(max_size=300), min_size=4, max_size=4))
def test_any_text_is_read_back_without_what_a_calendar_may_not_have(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    name, words, summary, client = texts
    written = icalendar.write(
        name,
        words,
        [
            CalendarEvent(
                uid="term-1@x",
                day=date(2028, 2, 29),
                summary=summary,
                lines=[client, "última"],
                category=summary or "x",
                address="http://x/",
                revised_at=datetime(2026, 1, 1, tzinfo=UTC),
                moves=1,
            )
        ],
    )

    about, (event,) = read(written)

    allowed = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
    assert about["X-WR-CALNAME"] == allowed.sub(" ", name)
    assert about["X-WR-CALDESC"] == allowed.sub(" ", words)
    assert event["SUMMARY"] == allowed.sub(" ", summary)
    assert event["DESCRIPTION"] == allowed.sub(" ", client) + "\núltima"
    assert event["DTSTART;VALUE=DATE"] == "20280229"


def test_a_name_with_line_ends_adds_no_line() -> None:
    hostile = "Hotel\r\nEND:VEVENT\r\nBEGIN:VEVENT\nX:\x85\u2028y"

    assert icalendar.plain(hostile) == "Hotel  END:VEVENT  BEGIN:VEVENT X:  y"


def test_what_is_known_of_the_renewal_is_said(norte: Organisation, address: str) -> None:
    renewed = ending(date(2026, 12, 3), "Renovada", norte)
    asked = ending(date(2026, 12, 4), "Pedida", norte)
    left = ending(date(2026, 12, 5), "Se va", norte)
    boss = make.commercial()
    renewal.renew(renewed, asked_at=make.NOON, at=make.NOON, by=boss)
    make.renewal_order(asked, at=make.NOON)
    non_renewal.leave(left, by=boss, at=make.NOON)

    found = [(each["SUMMARY"], each["CATEGORIES"]) for each in feed(address)[1]]

    assert found == [
        ("Renovada Renovada, hasta el 3 dic 2027", "Renovada"),
        ("Caduca Pedida", "Renovación solicitada"),
        ("Caduca Se va", "No se va a renovar"),
    ]


def test_an_event_keeps_its_uid_while_its_term_runs_and_the_next_term_has_another(
    norte: Organisation, address: str
) -> None:
    hotel = ending(date(2026, 12, 3), "Hotel", norte)
    before = feed(address)[1][0]
    renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=make.commercial())
    renewed = feed(address)[1][0]

    with time_machine.travel(make.noon(date(2026, 12, 3)), tick=False):
        after = feed(address)[1][0]

    assert renewed["UID"] == before["UID"]
    assert after["UID"] != before["UID"]
    assert after["DTSTART;VALUE=DATE"] == "20271203"


def test_an_end_brought_forward_moves_the_event_and_counts_its_sequence(
    norte: Organisation, address: str
) -> None:
    hotel = ending(date(2026, 12, 30), "Hotel", norte)
    before = feed(address)[1][0]

    adjusting.end_early(
        hotel, date(2026, 12, 9), reason="Cierra.", by=make.commercial(), at=make.NOON
    )

    after = feed(address)[1][0]
    assert (before["DTSTART;VALUE=DATE"], before["SEQUENCE"]) == ("20261230", "0")
    assert (after["DTSTART;VALUE=DATE"], after["SEQUENCE"]) == ("20261209", "1")
    assert after["UID"] == before["UID"]


def test_the_calendar_reaches_from_30_days_ago_to_400_days_ahead(
    norte: Organisation, address: str
) -> None:
    today = date(2026, 11, 24)
    for days in (-31, -30, 400, 401):
        end = today + timedelta(days=days)
        make.account(
            f"{days}",
            organisation=norte,
            starts_on=add_months(end, -24, anchor_day=end.day),
            months=24,
        )

    assert summaries(address) == ["Caduca -30", "Caduca 400"]


def test_past_the_most_the_next_ones_are_kept_and_the_calendar_says_so(
    norte: Organisation, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (9, 3, 6):
        ending(date(2026, 12, day), f"Hotel {day}", norte)
    whole = feed(address)[0]["X-WR-CALDESC"]

    monkeypatch.setattr(calendars, "MOST", 2)

    about, found = feed(address)
    assert calendars.MOST == 2
    assert [each["SUMMARY"] for each in found] == ["Caduca Hotel 3", "Caduca Hotel 6"]
    assert about["X-WR-CALDESC"] == (
        whole + " Aquí están solo las 2 próximas: la página «Renovaciones» las tiene todas."
    )


def test_no_account_of_another_organisation_is_ever_in_it(
    norte: Organisation, nuria: Person, address: str
) -> None:
    sur = make.organisation("Sur Energía")
    Membership.objects.create(organisation=sur, person=nuria, created_at=make.NOON)
    Person.objects.filter(pk=nuria.pk).update(is_commercial=True)
    ending(date(2026, 12, 3), "De Norte", norte)
    ending(date(2026, 12, 3), "De Sur", sur)
    other = f"/calendar/{calendar_links.make(sur, by=nuria, at=make.NOON)}.ics"

    assert summaries(address) == ["Caduca De Norte"]
    assert summaries(other) == ["Caduca De Sur"]


def test_the_reader_reads_in_their_language(
    norte: Organisation, nuria: Person, address: str
) -> None:
    ending(date(2026, 12, 3), "Hotel", norte)
    Person.objects.filter(pk=nuria.pk).update(language="en")

    answer = Client().get(address)

    about, (event,) = read(answer.content)
    assert about["X-WR-CALNAME"] == "Renewals · Norte Eficiente"
    assert event["SUMMARY"] == "Hotel expires"
    assert answer["Content-Language"] == "en"


def test_a_link_that_is_dead_answers_like_one_that_never_was(
    norte: Organisation, nuria: Person, address: str
) -> None:
    olga = make.superadmin(norte)
    anew = f"/calendar/{calendar_links.make(norte, by=nuria, at=make.NOON)}.ics"
    gone = f"/calendar/{calendar_links.make(norte, by=olga, at=make.NOON)}.ics"
    alive = [Client().get(each).status_code for each in (anew, gone)]

    Membership.objects.filter(person=olga).delete()
    Person.objects.filter(pk=nuria.pk).update(is_active=False)

    unknown = Client().get("/calendar/nobody-made-this.ics")
    assert alive == [200, 200]
    for each in (address, anew, gone):
        answer = Client().get(each)
        assert (answer.status_code, answer.content) == (404, b"")
        assert answer.headers == unknown.headers


def test_every_dead_link_asks_the_same_one_question(
    norte: Organisation, nuria: Person, address: str
) -> None:
    asked = []
    calendar_links.take_back(norte, by=nuria, at=NOW)
    for each in (address, "/calendar/nobody-made-this.ics"):
        with CaptureQueriesContext(connection) as counted:
            Client().get(each)
        asked.append([re.sub(r"'\w{64}'", "?", query["sql"]) for query in counted])

    assert len(asked[0]) == 1
    assert asked[0] == asked[1]


def test_the_answer_sets_no_cookie_and_stays_private(norte: Organisation, address: str) -> None:
    answer = Client().get(address)

    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_a_program_that_has_the_same_already_gets_none_of_it(
    norte: Organisation, nuria: Person, address: str
) -> None:
    hotel = ending(date(2026, 12, 3), "Hotel", norte)
    first = Client().get(address)
    headers = {"if-none-match": first["ETag"]}

    same = Client().get(address, headers=headers)
    Account.objects.filter(pk=hotel.pk).update(name="Hotel Lugo")
    renamed = Client().get(address, headers=headers)

    assert (same.status_code, same.content) == (304, b"")
    assert same["ETag"] == first["ETag"]
    assert same["Referrer-Policy"] == "no-referrer"
    assert renamed.status_code == 200
    assert renamed["ETag"] != first["ETag"]


def test_by_the_hour_too_a_program_learns_that_nothing_changed_until_an_act_or_a_new_day(
    norte: Organisation, nuria: Person, address: str
) -> None:
    hotel = ending(date(2026, 12, 3), "Hotel", norte)
    first = Client().get(address)
    headers = {"if-modified-since": first["Last-Modified"]}

    same = Client().get(address, headers=headers).status_code
    non_renewal.leave(hotel, by=nuria, at=NOW)
    after_an_act = Client().get(address, headers=headers).status_code
    with time_machine.travel("2026-11-24T23:00:00+00:00", tick=False):
        next_day = Client().get(address, headers=headers).status_code

    assert (same, after_an_act, next_day) == (304, 200, 200)


def test_forty_accounts_are_read_with_as_many_questions_as_one(
    norte: Organisation, address: str
) -> None:
    asked = []
    for more in (1, 39):
        for number in range(more):
            ending(date(2026, 12, 3), f"Hotel {more} {number}", norte)
        with CaptureQueriesContext(connection) as counted:
            assert len(feed(address)[1]) == sum((1, 39)[: len(asked) + 1])
        asked.append(len(counted))

    assert asked[0] == asked[1]


def test_the_link_is_shown_once_made_anew_and_taken_back_on_the_page(
    norte: Organisation, nuria: Person
) -> None:
    browser = Client()
    browser.force_login(nuria)
    page = f"/o/{norte.slug}/renewals/"

    browser.post(f"{page}link/")
    (first,) = LINK.findall(browser.get(page).content.decode())
    again = browser.get(page).content.decode()
    browser.post(f"{page}link/")
    (second,) = LINK.findall(browser.get(page).content.decode())
    after_anew = [Client().get(each).status_code for each in (first, second)]
    browser.post(f"{page}link/take-back/")

    assert LINK.findall(again) == []
    assert "Crear otro enlace" in again
    assert after_anew == [404, 200]
    assert Client().get(second).status_code == 404
    assert "Crear un enlace" in browser.get(page).content.decode()
    assert CalendarLink.objects.filter(taken_back_at__isnull=True).count() == 0


def test_nobody_takes_anothers_link_back(norte: Organisation, nuria: Person, address: str) -> None:
    olga = make.superadmin(norte)
    browser = Client()
    browser.force_login(olga)

    browser.post(f"/o/{norte.slug}/renewals/link/take-back/")

    assert Client().get(address).status_code == 200
