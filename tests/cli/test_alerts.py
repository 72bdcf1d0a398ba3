import json

import pytest

from tests.alerts.watching import BEGIN, LATER, point_of, rule
from tests.readings.stored import put, series
from vatio.cli import arguments
from vatio.cli.alerts import run_evaluate

pytestmark = pytest.mark.django_db


def evaluated(*words: str) -> dict[str, int]:
    said: list[str] = []
    typed = arguments.read(["alerts", "evaluate", *words, "--json"])
    assert run_evaluate(typed, at=LATER, say=said.append) == 0
    found: dict[str, int] = json.loads(said[0])
    return found


def test_evaluating_follows_what_changed_and_says_how_it_stands() -> None:
    key = series(15)
    rule(point_of(key))
    put(key, [(BEGIN, 3_000.0)], at=LATER.timestamp())

    first, second = evaluated(), evaluated("--anew")

    expected = {"rules": 1, "episodes": 1, "open": 1, "late": 1, "told": 0}
    assert first == {"series": 1, **expected}
    assert second == {"series": 0, **expected}


def test_without_json_it_is_said_in_words() -> None:
    said: list[str] = []

    typed = arguments.read(["alerts", "evaluate"])
    code = run_evaluate(typed, at=LATER, say=said.append)

    assert (code, said) == (0, ["0 alertas, 0 episodios (abiertos: 0); avisados ahora: 0."])
