import json
from datetime import timedelta

import pytest

from tests import make
from vatio.accounts.models import Account
from vatio.cli import arguments, sources
from vatio.history.models import Act
from vatio.history_sentences import sentence, who
from vatio.metering import tokens
from vatio.metering.models import DataSource
from vatio.metering.refusals import WrongChoice
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo")


def run(what: str, account: Account, name: str, *options: str, later: int = 0) -> str:
    """Run `vatio sources add` or `rotate`, some hours later; return the line that it prints."""
    named = ["--account", account.name.upper(), "--organisation", account.organisation.name]
    typed = arguments.read(["sources", what, *named, "--name", name, *options])
    at = make.NOON + timedelta(hours=later)
    said: list[str] = []
    if what == "add":
        assert sources.run_add(typed, at=at, issued_at=at, say=said.append) == 0
    else:
        assert sources.run_rotate(typed, at=at, say=said.append) == 0
    (line,) = said
    return line


def test_a_source_is_added_and_its_token_is_all_that_is_printed(hotel: Account) -> None:
    token = run("add", hotel, " Pasarela  de la cubierta ")

    source = hotel.datasources.get()
    found = tokens.recognised(token, at=make.NOON)
    assert (source.name, source.kind) == ("Pasarela de la cubierta", "insertion")
    assert found is not None
    assert found.source_id == source.pk


def test_as_json_it_is_told_with_what_it_is_of(hotel: Account) -> None:
    told = json.loads(run("add", hotel, "Pasarela", "--json"))

    token = told.pop("token")
    assert tokens.recognised(token, at=make.NOON) is not None
    assert told == {
        "account": "Hotel Lugo",
        "organisation": hotel.organisation.name,
        "source": "Pasarela",
        "uid": str(hotel.datasources.get().uid),
    }


def test_a_rotated_token_goes_on_for_a_day(hotel: Account) -> None:
    old = run("add", hotel, "Pasarela")

    new = json.loads(run("rotate", hotel, "pasarela", "--json", later=1))["token"]

    works = [
        [tokens.recognised(each, at=make.NOON + timedelta(hours=hours)) is not None
         for each in (old, new)]
        for hours in (24, 25)
    ]  # fmt: skip
    assert works == [[True, True], [False, True]]


def test_the_history_says_that_a_command_did_it(hotel: Account) -> None:
    run("add", hotel, "Pasarela")
    run("rotate", hotel, "Pasarela")

    acts = Act.objects.filter(account_id=hotel.pk, rule="command").order_by("id")
    assert [sentence(act.verb, act.facts).words for act in acts] == [
        "Fuente de datos: se añade «Pasarela»",
        "Se crea la clave de «Pasarela»",
        "Se cambia la clave de «Pasarela»",
    ]
    assert {who(act.person, act.rule) for act in acts} == {"Línea de órdenes del operador"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_is_needed(hotel: Account, name: str) -> None:
    with pytest.raises(Refused, match="120"):
        run("add", hotel, name)

    assert not DataSource.objects.exists()


def test_a_name_that_is_taken_and_a_source_that_is_not_there_are_refused(hotel: Account) -> None:
    run("add", hotel, "Pasarela")

    with pytest.raises(WrongChoice):
        run("add", hotel, "PASARELA")
    with pytest.raises(Refused, match="«Otra»"):
        run("rotate", hotel, "Otra")

    assert DataSource.objects.count() == 1


def test_a_source_of_files_has_no_token_to_rotate(hotel: Account) -> None:
    tokens.add_with_token(
        hotel, name="Ficheros", kind="files", by=None, at=make.NOON, issued_at=make.NOON
    )

    with pytest.raises(tokens.NoInsertion):
        run("rotate", hotel, "Ficheros")
