from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from vatio.notifications.models import Message
from vatio.notifications.queueing import COLUMNS, GIVEN, Recipient, insert_from, queue

pytestmark = pytest.mark.django_db

SAME_FOR_ALL = {
    "queued_at",
    "next_attempt_at",
    "attempts",
    "repeated",
    "last_error",
    "channel",
    "gateway_id",
    "receipt",
}
OF_THE_CHOICE = {"news", "state", "settled_at"}
WRITTEN_LATER = {"claimed_at", "receipt_at", "read_at"}


def tell(*addresses: str, **about: object) -> None:
    recipients = [Recipient(address, "es") for address in addresses]
    about.setdefault("key", "try:1")
    queue("reminder", recipients, context={"n": 1}, at=make.NOON, **about)  # type: ignore[arg-type]


def test_an_address_is_told_once_in_whatever_case_it_is_written() -> None:
    tell("Ana@Norte.example", "ana@norte.EXAMPLE", "leo@norte.example")

    assert sorted(Message.objects.values_list("address", "key")) == [
        ("ana@norte.example", "try:1:ana@norte.example"),
        ("leo@norte.example", "try:1:leo@norte.example"),
    ]


def test_an_occasion_that_is_queued_again_adds_whom_it_had_not_told() -> None:
    tell("ana@norte.example")

    tell("ana@norte.example", "leo@norte.example")

    assert Message.objects.count() == 2


def test_what_is_queued_is_what_was_said() -> None:
    nuria = make.superadmin(norte := make.organisation())
    queue(
        "reminder",
        [Recipient.of(nuria)],
        key="try:2",
        context={"words": "¿Y «esto», 100 %?", "count": 3},
        at=make.NOON,
        organisation=norte,
        secret=True,
        send_before=make.NOON + timedelta(hours=1),
    )

    message = Message.objects.get()
    assert (message.organisation, message.person, message.language) == (norte, nuria, "es")
    assert message.context == {"words": "¿Y «esto», 100 %?", "count": 3}
    assert (message.secret, message.only_leaders, message.state) == (True, False, "queued")
    assert (message.queued_at, message.next_attempt_at) == (make.NOON, make.NOON)
    assert message.send_before == make.NOON + timedelta(hours=1)
    assert (message.attempts, message.repeated, message.last_error) == (0, False, "")


def test_many_are_queued_by_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        tell(*(f"p{number}@norte.example" for number in range(200)))

    assert Message.objects.count() == 200


def test_nobody_to_tell_is_no_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        tell()


def test_any_relation_of_plain_columns_can_be_queued() -> None:
    values = {
        "key": "'storm:' || n",
        "address": "'p' || n || '@norte.example'",
        "language": "'en'",
        "template": "'reminder'",
        "context": "jsonb_build_object('n', n)",
        "secret": "false",
        "only_leaders": "true",
        "here": "false",
        "send_before": "%(at)s::timestamptz + interval '1 day'",
    }
    columns = ", ".join(
        f"CAST({values.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in GIVEN.items()
    )
    statement = f"""
        WITH storm AS (SELECT {columns} FROM generate_series(1, 3) AS n),
             queued AS ({insert_from("storm")})
        SELECT count(*) FROM queued
    """

    with connection.cursor() as cursor:
        for new in (3, 0):
            cursor.execute(statement, {"at": make.NOON})
            assert cursor.fetchone() == (new,)

    assert list(Message.objects.order_by("key").values_list("key", "context", "only_leaders")) == [
        (f"storm:{n}", {"n": n}, True) for n in (1, 2, 3)
    ]


def test_every_column_of_a_message_is_said_or_the_same_for_all() -> None:
    columns = {field.column for field in Message._meta.fields} - {"id"}

    assert columns == set(COLUMNS) | SAME_FOR_ALL | OF_THE_CHOICE | WRITTEN_LATER


def test_a_message_is_about_an_account_of_its_own_organisation() -> None:
    hotel, other = make.account(), make.organisation()

    for organisation, name in (
        (other, "notifications_message_account_id_of_its_own"),
        (None, "a_message_about_an_account_has_its_organisation"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            tell("ana@norte.example", organisation=organisation, account_id=hotel.pk)

    tell("ana@norte.example", organisation=hotel.organisation, account_id=hotel.pk)
    assert Message.objects.get().account_id == hotel.pk
