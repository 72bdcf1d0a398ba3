from datetime import date

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.races import together
from vatio.accounts.models import Account
from vatio.portfolios import drafts, importing, running
from vatio.portfolios.models import Import, ImportDraft
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = "Cuenta;Cliente;Licencia;Mtr;Inicio;Fin"


def kept(norte: Organisation, count: int, *, licence: str = "Básica Mtr") -> ImportDraft:
    make.licence("Básica Mtr")
    rows = [f"Nave {n};Nadie;{licence};12;01/02/2026;01/02/2027" for n in range(count)]
    content = "\n".join([HEADINGS, *rows]).encode()
    return drafts.keep(norte, "cartera.csv", content, by=make.commercial(), at=make.NOON)


def begin(draft: ImportDraft) -> Import:
    rows = drafts.length(draft)
    return running.ask(draft, rows=rows, by=draft.made_by, at=make.NOON)


def carry_on(begun: Import) -> None:
    running.carry_on(Import.objects.get(pk=begun.pk), now=lambda: make.NOON)


def test_a_long_portfolio_is_imported_by_the_worker_whole() -> None:
    norte = make.organisation()
    draft = kept(norte, 30)
    begun = begin(draft)
    assert ProcrastinateJob.objects.filter(
        task_name=running.TASK, args={"number": begun.pk}
    ).exists()

    carry_on(begun)

    begun.refresh_from_db()
    assert (begun.state, begun.rows, begun.done) == ("done", 30, 30)
    assert norte.accounts.count() == 30
    assert not ImportDraft.objects.exists()


def test_how_far_it_is_can_be_seen_while_nothing_is_there_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "AT_A_TIME", 10)
    begun, seen = begin(kept(make.organisation(), 25)), []
    beside = connection.copy()
    tell = running._tell

    def look(which: Import, done: int) -> None:
        tell(which, done)
        with beside.cursor() as cursor:
            cursor.execute(
                "SELECT done, (SELECT count(*) FROM accounts_account) FROM portfolios_import"
            )
            seen.append(cursor.fetchone())

    monkeypatch.setattr(running, "_tell", look)
    carry_on(begun)
    beside.close()

    assert seen == [(10, 0), (20, 0), (25, 0)]
    assert Account.objects.count() == 25


def test_one_that_is_killed_on_the_way_imported_nothing_and_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "AT_A_TIME", 10)
    norte = make.organisation()
    begun = begin(kept(norte, 25))

    def die(which: Import, done: int) -> None:
        if done > 10:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(running, "_tell", die)
        with pytest.raises(KeyboardInterrupt):
            carry_on(begun)
    assert norte.accounts.count() == 0

    running.carry_all_on(now=lambda: make.NOON)

    begun.refresh_from_db()
    assert (begun.state, norte.accounts.count()) == ("done", 25)


def test_a_file_that_has_faults_by_then_is_refused_in_words_and_kept() -> None:
    norte = make.organisation()
    draft = kept(norte, 3)
    begun = begin(draft)
    make.account("NAVE 1", organisation=norte, starts_on=date(2026, 5, 3))

    carry_on(begun)

    begun.refresh_from_db()
    assert (begun.state, begun.words) == (
        "refused",
        "No se ha importado nada: ahora el fichero tiene fallos.",
    )
    assert begun.draft == draft
    assert norte.accounts.count() == 1


def test_three_workers_at_once_import_it_once() -> None:
    norte = make.organisation()
    begun = begin(kept(norte, 30))

    _done, refused = together([lambda: carry_on(begun) for _ in range(3)])

    begun.refresh_from_db()
    assert refused == []
    assert (begun.state, norte.accounts.count()) == ("done", 30)


def test_asking_twice_is_asking_once() -> None:
    draft = kept(make.organisation(), 3)

    done, _refused = together([lambda: begin(draft) for _ in range(4)])

    assert len({begun.pk for begun in done}) == 1
    assert Import.objects.count() == 1
