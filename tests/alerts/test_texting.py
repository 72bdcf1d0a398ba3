from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vatio.alerts import texting
from vatio.alerts.moments import What
from vatio.notifications.sms_segments import measure


@pytest.fixture(autouse=True)
def _at_an_address(settings: Any) -> None:
    settings.PLATFORM_ADDRESS = "https://vatio.example"


def facts(**about: Any) -> dict[str, Any]:
    return {
        "account": "Hotel Lugo",
        "alert": "Exceso de potencia",
        "thing": "Nave 3",
        "kind": "above",
        "worst": 23.44,
        "threshold": 20.0,
        "unit": "kW",
        "begins_on": "2026-11-25",
        "begins_time": "09:15",
        "lasted": "45 min",
        "withdrawn": False,
        "own_text": "",
        "code": "8f2k",
        **about,
    }


@pytest.mark.parametrize(
    ("what", "about", "words"),
    [
        (
            "opened",
            {},
            "Vatio: Exceso de potencia, Nave 3, 23,4 kW, desde 25 nov 09:15. vatio.example/a/8f2k",
        ),
        ("worsened", {}, "Vatio: peor: Exceso de potencia, Nave 3, 23,4 kW. vatio.example/a/8f2k"),
        (
            "closed",
            {},
            "Vatio: terminada: Exceso de potencia, Nave 3, duro 45 min. vatio.example/a/8f2k",
        ),
        (
            "opened",
            {"kind": "silence", "worst": None},
            "Vatio: sin datos de Nave 3 desde 25 nov 09:15. vatio.example/a/8f2k",
        ),
        (
            "closed",
            {"withdrawn": True},
            "Vatio: Exceso de potencia, Nave 3, 25 nov 09:15 no ocurrio. vatio.example/a/8f2k",
        ),
        (
            "opened",
            {"unit": "°C", "thing": "Cámara «fría» nº 2", "worst": -18.0},
            'Vatio: Exceso de potencia, Camara "fria" no 2, -18 C, desde 25 nov 09:15. '
            "vatio.example/a/8f2k",
        ),
    ],
)
def test_a_text_says_what_it_is_in_one_segment(what: str, about: Any, words: str) -> None:
    text = texting.words_apart(facts(**about), What(what), "es")

    assert text == words
    assert measure(text).segments == 1


@given(
    some.text(max_size=120),
    some.text(max_size=120),
    some.sampled_from(list(What)),
    some.sampled_from(["above", "silence"]),
    some.booleans(),
    some.sampled_from(["es", "en"]),
)
def test_whatever_things_are_called_a_text_is_one_segment(
    alert: str, thing: str, what: What, kind: str, withdrawn: bool, language: str
) -> None:
    own = facts(alert=alert, thing=thing, account=thing, kind=kind, withdrawn=withdrawn)

    for text in (
        texting.words_apart(own, what, language),
        texting.words_together([own, own], what, language),
    ):
        assert measure(text).segments == 1
        assert text.endswith("vatio.example/a/8f2k")
        assert "%" not in text or "%" in alert + thing


def test_words_of_ones_own_are_sent_as_they_were_written_when_an_episode_opens() -> None:
    own = facts(own_text="Apagar la máquina 3")

    text = texting.words_apart(own, What.OPENED, "es")

    assert text == "Apagar la máquina 3 vatio.example/a/8f2k"
    assert texting.words_apart(own, What.CLOSED, "es").startswith("Vatio: terminada:")


def test_long_names_are_cut_the_longer_one_first() -> None:
    text = texting.words_apart(facts(alert="A" * 100, thing="Nave 3"), What.OPENED, "es")

    assert measure(text).units == 160
    assert "AAA.., Nave 3, 23,4 kW" in text
