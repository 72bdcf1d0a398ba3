import ipaddress
import socket
from threading import Event
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vatio.collection.reaching import addresses
from vatio.collection.reaching.addresses import (
    Allowed,
    Endpoint,
    NotAllowed,
    NotFound,
    WrongAddress,
    check_host,
    check_port,
    find,
)
from vatio.collection.reaching.networks import is_public

PUBLIC = Allowed()
EVERYTHING = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
FREEST = Allowed(networks=EVERYTHING)
"""What an operator allows who lists the whole world."""


def answering(*texts: str):
    return lambda name: list(texts)


def nobody(name: str) -> list[str]:
    raise AssertionError(f"{name} was looked up")


def called(host: str, *, allowed: Allowed = PUBLIC, port: int = 4001, lookup=nobody) -> list[str]:
    return [str(each) for each in find(host, port, allowed=allowed, lookup=lookup)]


@pytest.mark.parametrize("text", ["8.8.8.8", "2a00:1450:4003::5", "[2a00:1450:4003::5]"])
def test_a_public_address_may_be_called(text: str) -> None:
    (endpoint,) = find(text, 4001, allowed=PUBLIC, lookup=nobody)

    assert endpoint == Endpoint(text.strip("[]"), 4001)


NEVER_CALLED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2002:808:808::1", "2001:0:53aa:64c:0:fbff:f7f7:f7f7",
    "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "100.64.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "fc00::1", "fd12:3456::1", "2001:db8::1", "2001:2::1", "3fff::1", "5f00::1", "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("text", NEVER_CALLED)
@pytest.mark.parametrize("allowed", [PUBLIC, FREEST])
def test_this_machine_its_link_and_hidden_ipv4_are_never_called(
    text: str, allowed: Allowed
) -> None:
    with pytest.raises(NotAllowed):
        called(text, allowed=allowed)
    with pytest.raises(NotAllowed):
        called("meter.example.org", allowed=allowed, lookup=answering(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_address_is_called_only_if_it_is_listed(text: str) -> None:
    with pytest.raises(NotAllowed):
        called(text)
    with pytest.raises(NotAllowed):
        called("meter.example.org", lookup=answering(text))

    listed = Allowed(networks=(ipaddress.ip_network(text),))
    assert [each.address for each in find(text, 4001, allowed=listed)] == [text]


def test_only_what_is_listed_is_called_where_public_is_not() -> None:
    listed = Allowed(public=False, networks=(ipaddress.ip_network("10.20.0.0/16"),))

    assert called("10.20.3.4", allowed=listed) == ["10.20.3.4:4001"]
    for text in ("8.8.8.8", "10.21.0.1", "2a00:1450:4003::5"):
        with pytest.raises(NotAllowed):
            called(text, allowed=listed)


@pytest.mark.parametrize(
    "text",
    [
        "2130706433", "0x7f000001", "0x7F.0.0.1", "017700000001", "127.1", "127.0.1", "0177.0.0.1",
        "127.0.0.01", "127.0.0.1.1", "256.1.1.1", "1.2.3.4.5", "08.8.8.8", "8.8.8", "0x", "1.2.3.0x4",
        "127.0.0.1..", ".", "", " ", "..", "a..b", "-a.es", "a-.es", "a_b.es", "a b.es", "a/b", "a@b",
        "a.es:80", "http://a.es", "user@8.8.8.8", "8.8.8.8/", "8.8.8.8:80", "8.8.8.8%1", "a\x00.es",
        "a.es\n.b", "fe80::1%eth0", "[fe80::1%25eth0]", "[8.8.8.8]", "[::1", "::1]x", ":::", "1::2::3",
        "::ffff:1.2.3", "[[::1]]", "١٢٧.٠.٠.١", "a" * 64 + ".es", ".".join(["abcdefgh"] * 30), "xn--\uffff",
    ],
)  # fmt: skip
def test_other_notations_are_refused_not_interpreted(text: str) -> None:
    with pytest.raises((WrongAddress, NotAllowed)):
        called(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" Meter.Example.ORG. ", "meter.example.org"),
        ("energía.example", "xn--energa-7va.example"),
        ("ｍeter。example", "meter.example"),
        ("127.0.0.1.", "127.0.0.1"),
        ("１２７.0.0.1", "127.0.0.1"),
        ("①②⑦.0.0.1", "127.0.0.1"),
        ("[2A00:0:0:0::1]", "2a00::1"),
    ],
)
def test_a_host_is_stored_in_one_way(text: str, stored: str) -> None:
    assert check_host(text) == stored
    assert check_host(stored) == stored


@given(text=some.text(max_size=40))
def test_whatever_is_written_is_a_host_in_plain_letters_or_refused(text: str) -> None:
    try:
        host = check_host(text)
    except WrongAddress:
        return

    assert host.isascii()
    assert check_host(host) == host
    assert "%" not in host


@given(address=some.ip_addresses())
def test_whatever_may_be_called_is_public_and_itself(address) -> None:
    try:
        (endpoint,) = find(str(address), 4001, allowed=PUBLIC, lookup=nobody)
    except NotAllowed:
        return

    assert ipaddress.ip_address(endpoint.address) == address
    assert address.is_global
    assert not address.is_multicast
    assert is_public(address)


@given(number=some.integers(0, 2**32 - 1), text=some.sampled_from(["{}", "{:#x}", "0{:o}"]))
def test_an_address_as_one_number_is_refused(number: int, text: str) -> None:
    with pytest.raises(WrongAddress):
        check_host(text.format(number))


@pytest.mark.parametrize("port", [-1, 0, 22, 80, 443, 1023, 65536, 10**9])
def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(WrongAddress) as refused:
        called("8.8.8.8", port=port)

    assert refused.value.field == "port"


def test_the_least_and_the_greatest_port_may_be_called() -> None:
    assert [check_port(1024), check_port(65535)] == [1024, 65535]


def test_all_answers_of_a_name_have_to_be_allowed() -> None:
    lookup = answering("8.8.8.8", "10.0.0.1")

    with pytest.raises(NotAllowed):
        called("meter.example.org", lookup=lookup)
    assert called("meter.example.org", lookup=answering("8.8.8.8", "8.8.4.4")) == [
        "8.8.8.8:4001",
        "8.8.4.4:4001",
    ]


@pytest.mark.parametrize("text", ["fe80::1%eth0", "2a00:1450:4003::5%1", "nonsense", ""])
def test_an_answer_that_is_no_plain_address_is_not_allowed(text: str) -> None:
    with pytest.raises(NotAllowed):
        called("meter.example.org", lookup=answering("8.8.8.8", text))


def test_a_name_is_looked_up_once_so_that_a_changed_answer_leads_nowhere() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    assert called("meter.example.org", lookup=lambda name: next(answers)) == ["8.8.8.8:4001"]
    assert list(answers) == [["127.0.0.1"]]


def test_a_name_without_an_address_is_told() -> None:
    def nothing(name: str) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    for lookup in (nothing, answering()):
        with pytest.raises(NotFound):
            called("meter.example.org", lookup=lookup)


def test_a_name_that_is_looked_up_for_too_long_has_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_go = Event()
    monkeypatch.setattr(addresses, "LOOKUP_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [] * let_go.wait(20))

    with pytest.raises(NotFound):
        called("meter.example.org", lookup=addresses.look_up)
    let_go.set()


def test_the_resolver_of_the_system_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(name)
        return [(2, 1, 6, "", ("8.8.8.8", 0)), (2, 2, 17, "", ("8.8.8.8", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    assert called("Meter.example.org.", lookup=addresses.look_up) == ["8.8.8.8:4001"]
    assert asked == ["meter.example.org"]


def test_every_address_of_this_machine_is_refused_whatever_is_listed() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        own = probe.getsockname()[0]

    with pytest.raises(NotAllowed):
        called(own, allowed=FREEST)


def test_our_database_and_our_pages_are_refused_by_name_and_by_number(
    settings, db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_demo", lambda: False)
    database = {"HOST": "db.example.org,8.8.4.4", "PORT": "5432"}
    monkeypatch.setattr(
        addresses, "connection", SimpleNamespace(settings_dict=database, connection=None)
    )
    settings.PUBLIC_URL = "https://vatio.example.org"
    known = {"db.example.org": ["8.8.8.8", "2a00::8"], "vatio.example.org": ["9.9.9.9"]}

    allowed = addresses.allowed_here(known.__getitem__)

    for host in ("8.8.8.8", "2a00::8", "8.8.4.4", "9.9.9.9"):
        with pytest.raises(NotAllowed):
            called(host, allowed=allowed)
    for name in known:
        with pytest.raises(NotAllowed):
            called(name, allowed=allowed, lookup=known.__getitem__)
    assert called("1.1.1.1", allowed=allowed) == ["1.1.1.1:4001"]


def test_our_own_are_refused_while_their_names_cannot_be_looked_up_and_however_they_are_named(
    settings, db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_demo", lambda: False)
    told = SimpleNamespace(info=SimpleNamespace(hostaddr="8.8.8.8"))
    by_service = SimpleNamespace(settings_dict={"HOST": "", "PORT": ""}, connection=told)
    monkeypatch.setattr(addresses, "connection", by_service)
    settings.PUBLIC_URL = "https://pages.example.org"

    def no_answer(name: str) -> list[str]:
        raise OSError(name)

    addresses.allowed_here(answering("9.9.9.9"))
    allowed = addresses.allowed_here(no_answer)

    for host in ("8.8.8.8", "9.9.9.9"):
        with pytest.raises(NotAllowed):
            called(host, allowed=allowed)
    assert called("1.1.1.1", allowed=allowed) == ["1.1.1.1:4001"]


def test_in_the_demo_loopback_may_be_called_but_for_our_own_ports() -> None:
    demo = Allowed(loopback=True, own_ports=frozenset({5432, 8000}))

    assert called("127.0.0.1", allowed=demo) == ["127.0.0.1:4001"]
    assert called("::1", allowed=demo) == ["[::1]:4001"]
    assert called("localhost", allowed=demo, lookup=answering("127.0.0.1")) == ["127.0.0.1:4001"]
    for port in (1024, 5432, 8000):
        with pytest.raises(NotAllowed):
            called("127.0.0.1", allowed=demo, port=port)
    for text in ("0.0.0.0", "::ffff:127.0.0.1", "169.254.1.1", "10.0.0.1"):
        with pytest.raises(NotAllowed):
            called(text, allowed=demo)
