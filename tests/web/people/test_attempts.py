import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from tests.serving import Served, serving, status
from vatio.notifications.models import Message
from vatio.people.models import RateLimit
from vatio.tenants.models import Person
from vatio.web.people import attempts
from vatio.web.people.attempts import network

pytestmark = pytest.mark.django_db

AT_ONCE = 5
"""How many guesses a stranger has at once."""


def sign_in(client: Client, email: str, password: str, *, address: str = "10.0.0.1") -> Any:
    return client.post(
        "/sign-in/", {"login": email, "password": password}, headers={}, REMOTE_ADDR=address
    )


def entered(answer: Any) -> bool:
    return int(answer.status_code) == 302


def hammer(email: str, *, times: int = 20, password: str = "equivocada") -> list[int]:
    """Guess from as many networks as one likes."""
    return [
        sign_in(Client(), email, password, address=f"10.1.{number}.1").status_code
        for number in range(times)
    ]


@pytest.fixture
def nuria() -> Person:
    return make.superadmin(make.organisation())


def test_guesses_from_many_networks_are_few_and_the_wait_is_said(nuria: Person) -> None:
    answers = hammer(nuria.email)
    last = sign_in(Client(), nuria.email, make.PASSWORD, address="10.9.9.9")

    assert answers == [200] * AT_ONCE + [429] * (20 - AT_ONCE)
    assert last.status_code == 429
    assert 500 < int(last.headers["Retry-After"]) <= 600
    assert "Demasiados intentos. Puede volver a intentarlo dentro de 10 minutos." in (
        last.content.decode()
    )


def test_after_a_while_one_more_guess_is_free(nuria: Person) -> None:
    with time_machine.travel(make.NOON, tick=False) as machine:
        hammer(nuria.email)
        machine.shift(timedelta(minutes=10, seconds=1))
        answers = hammer(nuria.email, times=3)
        machine.shift(timedelta(hours=1))
        hour = hammer(nuria.email)

    assert answers == [200, 429, 429]
    assert hour.count(200) == AT_ONCE


def test_who_signed_in_before_enters_in_the_same_browser_while_others_guess(nuria: Person) -> None:
    own = Client()
    assert entered(sign_in(own, nuria.email, make.PASSWORD))
    own.post("/sign-out/")
    hammer(nuria.email)

    assert sign_in(own, nuria.email, "me-equivoco").status_code == 200
    assert entered(sign_in(own, nuria.email.upper() + " ", make.PASSWORD))
    assert sign_in(Client(), nuria.email, make.PASSWORD).status_code == 429


def test_a_known_browser_has_a_limit_of_its_own(nuria: Person) -> None:
    own = Client()
    sign_in(own, nuria.email, make.PASSWORD)
    own.post("/sign-out/")

    answers = [sign_in(own, nuria.email, "otra").status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert entered(sign_in(Client(), nuria.email, make.PASSWORD))


def test_a_browser_is_known_to_who_signed_in_there_and_to_nobody_else(nuria: Person) -> None:
    iago = make.superadmin(make.organisation("Sur"), "Iago Ferro")
    own = Client()
    sign_in(own, iago.email, make.PASSWORD)
    own.post("/sign-out/")
    hammer(nuria.email)
    hammer(iago.email)

    assert sign_in(own, nuria.email, make.PASSWORD).status_code == 429
    assert entered(sign_in(own, iago.email, make.PASSWORD))


def test_two_people_of_one_browser_are_both_known(nuria: Person) -> None:
    iago = make.superadmin(make.organisation("Sur"), "Iago Ferro")
    own = Client()
    for person in (nuria, iago):
        sign_in(own, person.email, make.PASSWORD)
        own.post("/sign-out/")
        hammer(person.email)

    for person in (nuria, iago):
        assert entered(sign_in(own, person.email, make.PASSWORD))
        own.post("/sign-out/")


def test_a_new_password_makes_every_other_browser_a_stranger(nuria: Person) -> None:
    other, own = Client(), Client()
    for each in (other, own):
        sign_in(each, nuria.email, make.PASSWORD)
    new = "mesa-lámpara-42"
    changed = own.post(
        "/profile/",
        {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert entered(changed)
    for each in (other, own):
        each.post("/sign-out/")
    hammer(nuria.email)

    assert sign_in(other, nuria.email, new).status_code == 429
    assert entered(sign_in(own, nuria.email, new))


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "é", '"\\000"', "W10:1"])
def test_a_forged_cookie_is_that_of_a_stranger(nuria: Person, cookie: str) -> None:
    hammer(nuria.email)
    forger = Client()
    forger.cookies[attempts.COOKIE] = cookie

    assert sign_in(forger, nuria.email, make.PASSWORD).status_code == 429


def test_the_cookie_is_kept_from_scripts_and_lives_long(nuria: Person) -> None:
    cookie = sign_in(Client(), nuria.email, make.PASSWORD).cookies[attempts.COOKIE]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == 31_536_000
    assert nuria.email not in cookie.value


def test_a_network_that_guesses_at_many_addresses_is_slowed_down() -> None:
    answers = [
        sign_in(Client(), f"p{number}@otro.example", "equivocada").status_code
        for number in range(40)
    ]

    assert answers == [200] * 30 + [429] * 10


def test_who_is_refused_for_the_network_costs_the_address_nothing(nuria: Person) -> None:
    for number in range(30):
        sign_in(Client(), f"p{number}@otro.example", "equivocada")
    before = RateLimit.objects.count()

    assert sign_in(Client(), nuria.email, make.PASSWORD).status_code == 429

    assert RateLimit.objects.count() == before
    assert entered(sign_in(Client(), nuria.email, make.PASSWORD, address="10.7.7.7"))


def test_right_passwords_are_not_counted(nuria: Person) -> None:
    answers = [sign_in(Client(), nuria.email, make.PASSWORD).status_code for _ in range(40)]

    assert answers == [302] * 40


def test_an_unknown_address_is_answered_like_a_known_one(nuria: Person) -> None:
    csrf = re.compile(r'value="\w{64}"|value="[^"]+@[^"]+"')

    def pages(email: str) -> list[tuple[int, str, str]]:
        answers = [
            sign_in(Client(), email, "equivocada", address=f"10.2.{number}.1")
            for number in range(7)
        ]
        return [
            (
                each.status_code,
                each.headers.get("Retry-After", ""),
                csrf.sub("", each.content.decode()),
            )
            for each in answers
        ]

    with time_machine.travel(make.NOON, tick=False):
        assert pages(nuria.email) == pages("nadie@otro.example")


def test_asking_for_links_is_limited_alike_for_known_and_unknown_addresses(
    nuria: Person, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1025"

    def ask(client: Client, email: str) -> Any:
        return client.post("/sign-in/forgotten/", {"email": email})

    known = [ask(Client(), nuria.email).status_code for _ in range(5)]
    unknown = [ask(Client(), "nadie@otro.example").status_code for _ in range(5)]

    assert known == unknown == [302, 302, 302, 429, 429]
    assert Message.objects.filter(template="password_link").count() == 3
    own = Client()
    sign_in(own, nuria.email, make.PASSWORD)
    assert ask(own, nuria.email).status_code == 302


def test_the_old_password_is_not_guessed_at_an_open_session(nuria: Person) -> None:
    client = Client()
    client.force_login(nuria)
    new = "mesa-lámpara-42"

    answers = [
        client.post(
            "/profile/",
            {"old_password": f"otra{number}", "new_password1": new, "new_password2": new},
        )
        for number in range(7)
    ]

    assert [each.status_code for each in answers] == [422] * 5 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) <= 60
    assert "Demasiados intentos" in answers[-1].content.decode()


@pytest.mark.parametrize(
    ("proxies", "told", "direct", "expected"),
    [
        (0, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4, 10.0.0.9", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "rubbish", "10.0.0.1", "10.0.0.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "10.0.0.1", "2001:db8:1:2::/64"),
        (0, "", "::ffff:10.0.0.1", "10.0.0.1"),
    ],
)
def test_a_network_is_told_by_the_proxies_that_are_ours(
    settings: Any, proxies: int, told: str, direct: str, expected: str
) -> None:
    settings.PROXIES = proxies

    assert network(direct=direct, forwarded=told) == expected


FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def guess(served: Served, email: str, password: str) -> int:
    """Sign in as a browser would that has never been there."""
    page = served.get("/sign-in/").decode()
    (token,) = FORM_TOKEN.findall(page)[:1]
    cookie = re.findall(r"csrftoken=\w+", page)[0]
    body = urlencode({"csrfmiddlewaretoken": token, "login": email, "password": password})
    answer = served.ask(
        (
            "POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
    )
    return status(answer)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_web_processes_and_a_new_one_count_together() -> None:
    nuria = make.superadmin(make.organisation())
    with serving() as one, serving() as two:
        times = full_or_tenth(200)
        answers, _refused = together(
            [
                lambda served=served: guess(served, nuria.email, "equivocada")
                for served in [one, two] * (times // 2)
            ]
        )
    with serving() as three:
        after = guess(three, nuria.email, make.PASSWORD)

    assert (answers.count(200), answers.count(429)) == (AT_ONCE, times - AT_ONCE)
    assert after == 429


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_an_unknown_address_takes_as_long_as_a_known_one() -> None:
    nuria = make.superadmin(make.organisation())
    nuria.password = PBKDF2PasswordHasher().encode(make.PASSWORD, "salt")
    nuria.save(update_fields=["password"])
    took: dict[str, list[float]] = {nuria.email: [], "nadie@otro.example": []}
    with serving() as served:
        for _ in range(AT_ONCE):
            for email, times in took.items():
                began = time.monotonic()
                assert guess(served, email, "equivocada") == 200
                times.append(time.monotonic() - began)

    known, unknown = (sorted(times)[AT_ONCE // 2] for times in took.values())
    assert 0.4 < known / unknown < 2.5
