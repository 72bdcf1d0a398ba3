from datetime import timedelta

import pytest
from django.db import transaction

from tests import make
from tests.races import together
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import assigning, commenting, deciding, locking
from vatio.orders.models import Comment, Order
from vatio.orders.possible_duplicates import find_duplicates

pytestmark = pytest.mark.django_db


def test_each_side_is_told_what_the_other_asks() -> None:
    elena = make.commercial("Elena Cid")
    norte = make.organisation()
    nuria = make.superadmin(norte)
    order = make.opening_order(norte, by=nuria)

    commenting.comment(order, " ¿Cuántos cuadros hay? ", by=elena, at=make.NOON)
    commenting.comment(order, "Dieciocho.", by=nuria, at=make.NOON)

    told = Message.objects.filter(template="order_comment")
    assert told.get(address=nuria.email).context["words"] == "¿Cuántos cuadros hay?"
    assert told.get(address=elena.email).context["words"] == "Dieciocho."


def test_whoever_has_an_order_in_hand_is_told_alone() -> None:
    elena, _tomas = make.commercial("Elena Cid"), make.commercial("Tomás Arrieta")
    norte = make.organisation()
    nuria = make.superadmin(norte)
    order = make.opening_order(norte, by=nuria)
    assigning.take(order, seen=None, by=elena, at=make.NOON)

    commenting.comment(order, "¿Cuándo?", by=nuria, at=make.NOON)

    told = Message.objects.filter(template="order_comment")
    assert list(told.values_list("address", flat=True)) == [elena.email]


def test_nothing_is_asked_of_a_decided_order_and_a_note_may_still_be_written() -> None:
    elena = make.commercial()
    order = make.opening_order(make.organisation())
    deciding.reject(order, reason="No", by=elena, at=make.NOON)

    with pytest.raises(locking.AlreadyDecided):
        commenting.comment(order, "¿Por qué?", by=order.submitted_by, at=make.NOON)
    commenting.note(order, "Llamar en enero.", by=elena, at=make.NOON)

    assert Comment.objects.get().words == "Llamar en enero."


def test_notes_are_for_the_commercial_department_alone() -> None:
    norte = make.organisation()
    nuria, elena = make.superadmin(norte), make.commercial()
    order = make.opening_order(norte, by=nuria)
    commenting.note(order, "Ojo con este.", by=elena, at=make.NOON)
    commenting.comment(order, "¿Cuántos?", by=elena, at=make.NOON)

    assert [c.words for c in Comment.objects.visible_to(nuria)] == ["¿Cuántos?"]
    assert Comment.objects.visible_to(elena).count() == 2
    assert Comment.objects.visible_to(make.superadmin(make.organisation())).count() == 0
    assert not Message.objects.filter(context__words="Ojo con este.").exists()


@pytest.mark.parametrize("words", ["", " \n "])
def test_saying_nothing_is_refused(words: str) -> None:
    order = make.opening_order(make.organisation())

    for rule in (commenting.comment, commenting.note):
        with pytest.raises(commenting.NothingSaid):
            rule(order, words, by=make.commercial(), at=make.NOON)

    assert Comment.objects.count() == 0


def test_what_was_said_never_changes() -> None:
    order = make.opening_order(make.organisation())
    said = commenting.comment(order, "Sí", by=make.commercial(), at=make.NOON)

    for deed in (
        lambda: Comment.objects.filter(pk=said.pk).update(words="No"),
        lambda: Comment.objects.filter(pk=said.pk).delete(),
    ):
        with pytest.raises(Exception, match="never changes"), transaction.atomic():
            deed()


def test_an_order_is_taken_taken_over_and_let_go() -> None:
    elena, tomas = make.commercial("Elena Cid"), make.commercial("Tomás Arrieta")
    order = make.opening_order(make.organisation())

    assigning.take(order, seen=None, by=elena, at=make.NOON)
    with pytest.raises(assigning.TakenMeanwhile, match="Elena Cid"):
        assigning.take(order, seen=None, by=tomas, at=make.NOON)
    assigning.take(order, seen=elena.pk, by=tomas, at=make.NOON + timedelta(hours=1))
    with pytest.raises(assigning.TakenMeanwhile, match="Tomás Arrieta"):
        assigning.let_go(order, by=elena, at=make.NOON)
    assigning.let_go(order, by=tomas, at=make.NOON + timedelta(hours=2))

    order.refresh_from_db()
    assert order.taken_by is None
    verbs = Act.objects.filter(order_id=order.pk, verb__startswith="order.").order_by("id")
    assert [act.verb for act in verbs][1:] == ["order.taken", "order.taken", "order.let_go"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_an_order_together_one_has_it() -> None:
    order = make.opening_order(make.organisation())
    people = [make.commercial(f"Persona {n}") for n in range(2)]

    done, refused = together(
        [
            lambda by=by: assigning.take(  # type: ignore[misc]
                Order.objects.get(pk=order.pk), seen=None, by=by, at=make.NOON
            )
            for by in people
        ]
    )

    order.refresh_from_db()
    assert (len(done), len(refused)) == (1, 1)
    assert order.taken_by is not None
    assert order.taken_by.name in str(refused[0])


def test_a_reviewer_sees_the_clients_other_accounts_and_those_like_it_elsewhere() -> None:
    norte, sur = make.organisation("Norte"), make.organisation("Sur")
    mine = make.account("Hotel Uno", organisation=norte)
    theirs = make.account("Hotel Dos", organisation=sur)
    twin = make.account("HOTEL NUEVO", organisation=sur)
    twin.client = "Otra, S.L."
    twin.save(update_fields=["client"])
    far = make.account("Nave", organisation=sur)
    far.client = "Nadie"
    far.save(update_fields=["client"])

    found = find_duplicates(make.opening_order(norte, "Hotel Nuevo"))

    assert found.own == [mine]
    assert found.elsewhere == [theirs, twin]
