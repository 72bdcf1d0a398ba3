import pytest

from vatio import env
from vatio.collection.reaching.modems import Modem, NoSuchModem, modem_called, modems


def read(monkeypatch: pytest.MonkeyPatch, text: str) -> dict[str, str]:
    monkeypatch.setenv("COLLECT_MODEMS", text)
    return env.pairs("COLLECT_MODEMS", value=env.is_modem, example="lugo=/dev/ttyUSB0")


def test_a_line_picks_a_modem_by_its_name(settings) -> None:
    settings.COLLECT_MODEMS = {"Lugo 1": "/dev/ttyUSB0", "Vigo": "socket://192.0.2.7:4001"}

    assert list(modems()) == ["Lugo 1", "Vigo"]
    assert modem_called("Vigo") == Modem("Vigo", "socket://192.0.2.7:4001")
    with pytest.raises(NoSuchModem, match="«/dev/ttyUSB0»"):
        modem_called("/dev/ttyUSB0")


def test_modems_are_devices_or_serial_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    device = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
    text = f"Lugo 1 = {device}, b=socket://[2001:db8::1]:4001,c=socket://serie-1.example:65535"

    assert read(monkeypatch, text) == {
        "Lugo 1": device,
        "b": "socket://[2001:db8::1]:4001",
        "c": "socket://serie-1.example:65535",
    }


@pytest.mark.parametrize(
    "text",
    [
        "lugo", "=/dev/ttyUSB0", "lugo=", "lugo=ttyUSB0", "lugo=socket://a", "lugo=http://a:1",
        "lugo=socket://a:1/x", "lugo=/dev/a,lugo=/dev/b", "l/ugo=/dev/a", "lugo=spy:///dev/a",
        "lugo=loop://", "lugo=alt:///dev/a?class=PosixPollSerial", "lugo=rfc2217://a:1",
        "lugo=hwgrep://usb", "lugo=SOCKET://a:1", "lugo=socket://a:1?logging=debug", "lugo=COM3",
        "lugo=socket://a:0", "lugo=socket://a:65536", "lugo=/dev/../etc/passwd", "lugo=/dev",
        "lugo=/etc/passwd", "lugo=/dev/spy://dev/a", "lugo=/dev//a", "lugo=socket://a:١",
    ],
)  # fmt: skip
def test_wrong_modems_stop_the_start_in_one_line(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with pytest.raises(env.WrongSetting, match="^COLLECT_MODEMS: [^\n]*$"):
        read(monkeypatch, text)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "everything", "public;10.0.0.0/8"])
def test_wrong_networks_stop_the_start_in_one_line(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("COLLECT_NETWORKS", text)

    with pytest.raises(env.WrongSetting, match="^COLLECT_NETWORKS: [^\n]*$"):
        env.networks("COLLECT_NETWORKS")


def test_public_is_a_word_among_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for text in ("", "public, 10.20.0.0/16", "10.20.0.0/16"):
        monkeypatch.setenv("COLLECT_NETWORKS", text)
        public, networks = env.networks("COLLECT_NETWORKS")
        found.append((public, [str(each) for each in networks]))

    assert found == [(True, []), (True, ["10.20.0.0/16"]), (False, ["10.20.0.0/16"])]
