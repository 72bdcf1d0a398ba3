from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import expiry
from vatio.accounts.models import Account
from vatio.dates import start_of
from vatio.history.models import Act
from vatio.metering import changing, installing, tokens
from vatio.metering.models import DataSource, SourceToken
from vatio.metering.refusals import WrongChoice
from vatio.people.tokens import hashed

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def gateway(account: Account | None = None, name: str = "Pasarela") -> DataSource:
    """Make an insertion source without a token."""
    return installing.add_source(
        account or make.account(), name=name, kind="insertion", by=make.commercial(), at=make.NOON
    )


def works(token: str, at: datetime) -> bool:
    return tokens.recognised(token, at=at) is not None


def issue(source: DataSource) -> str:
    return tokens.issue(source, by=make.commercial(), at=make.NOON)


def rotate(source: DataSource, at: datetime) -> str:
    return tokens.rotate(source, by=make.commercial(), at=at)


def use(token: str, at: datetime) -> None:
    found = tokens.recognised(token, at=at)
    assert found is not None
    tokens.seen(found, at=at)


def verbs() -> list[str]:
    return list(
        Act.objects.filter(verb__contains="token").order_by("id").values_list("verb", flat=True)
    )


def test_a_token_has_256_random_bits_and_only_its_hash_is_stored() -> None:
    source = gateway()

    token = issue(source)

    assert tokens.SHAPE.fullmatch(token)
    assert source.tokens.get().digest == hashed(token)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM metering_sourcetoken own WHERE own::text LIKE %s"
            " UNION ALL SELECT count(*) FROM history_act own WHERE own::text LIKE %s",
            [f"%{token[4:]}%"] * 2,
        )
        assert cursor.fetchall() == [(0,), (0,)]
    assert verbs() == ["installation.token_issued"]


def test_a_token_says_whose_it_is_in_one_statement(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    hotel = make.account()
    source = gateway(hotel)
    token = issue(source)

    with django_assert_num_queries(1):
        found = tokens.recognised(token, at=make.NOON)

    assert found == tokens.RecognisedToken(
        id=source.tokens.get().pk,
        source_id=source.pk,
        account_id=hotel.pk,
        organisation_id=hotel.organisation_id,
        last_seen_at=None,
        opened_on=hotel.opened_on,
        covered_until=hotel.covered_until,
        ends_at=hotel.ends_at,
        time_zone=hotel.time_zone,
    )


@pytest.mark.parametrize("token", ["", "vts_", "vts_" + "a" * 43, "vts_" + "ñ" * 43, "x" * 47])
def test_what_is_no_token_is_not_recognised(token: str) -> None:
    issue(gateway())

    assert not works(token, make.NOON)


def test_a_second_token_is_not_issued_but_made_by_rotating() -> None:
    source = gateway()
    token = issue(source)

    with pytest.raises(tokens.TokenExists):
        issue(source)

    assert works(token, make.NOON)
    assert source.tokens.count() == 1


def test_a_source_of_files_has_no_token() -> None:
    files, token = tokens.add_with_token(
        make.account(), name="Ficheros", kind="files", by=None, at=make.NOON, issued_at=make.NOON
    )

    assert token == ""
    for rule in (tokens.issue, tokens.rotate):
        with pytest.raises(tokens.NoInsertion):
            rule(files, by=make.commercial(), at=make.NOON)
    assert not SourceToken.objects.exists()


def test_the_former_token_works_for_a_day_after_a_rotation() -> None:
    source = gateway()
    old = issue(source)

    new = rotate(source, make.NOON)

    assert works(old, make.NOON + DAY - SECOND)
    assert not works(old, make.NOON + DAY)
    assert works(new, make.NOON + 400 * DAY)
    assert verbs() == ["installation.token_issued", "installation.token_rotated"]


def test_the_overlap_can_be_another_or_none() -> None:
    source = gateway()
    old = issue(source)

    new = tokens.rotate(source, by=None, at=make.NOON, overlap=timedelta())

    assert not works(old, make.NOON)
    assert works(new, make.NOON)


def test_of_three_tokens_two_work_and_the_one_in_use_is_among_them() -> None:
    source = gateway()
    used = issue(source)
    use(used, make.NOON)

    lost = rotate(source, make.NOON + SECOND)
    new = rotate(source, make.NOON + 2 * SECOND)

    now = make.NOON + 2 * SECOND
    assert [works(each, now) for each in (used, lost, new)] == [True, False, True]
    assert not works(used, make.NOON + SECOND + DAY)


def test_once_the_gateway_sends_with_the_new_token_that_one_stays_in_the_next_rotation() -> None:
    source = gateway()
    first = issue(source)
    use(first, make.NOON)
    second = rotate(source, make.NOON + SECOND)
    use(second, make.NOON + 2 * SECOND)

    third = rotate(source, make.NOON + timedelta(hours=1))

    now = make.NOON + timedelta(hours=1)
    assert [works(each, now) for each in (first, second, third)] == [False, True, True]


def test_a_revoked_token_stops_at_once_and_twice_is_harmless() -> None:
    source = gateway()
    old = issue(source)
    new = rotate(source, make.NOON)
    lasting = source.tokens.get(expires_at__isnull=True)

    for _each in range(2):
        tokens.revoke(lasting, by=make.commercial(), at=make.NOON)

    assert [works(each, make.NOON) for each in (old, new)] == [True, False]
    assert verbs().count("installation.token_revoked") == 1


def test_after_every_token_was_revoked_another_is_issued() -> None:
    source = gateway()
    issue(source)
    tokens.revoke(source.tokens.get(), by=make.commercial(), at=make.NOON)

    assert works(issue(source), make.NOON)


def test_that_a_token_was_seen_is_written_once_a_minute(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    source = gateway()
    token = issue(source)
    use(token, make.NOON)
    first = tokens.recognised(token, at=make.NOON)
    assert first is not None

    with django_assert_num_queries(0):
        tokens.seen(first, at=make.NOON + timedelta(seconds=59))
    assert source.tokens.get().last_seen_at == make.NOON
    use(token, make.NOON + timedelta(seconds=60))

    assert source.tokens.get().last_seen_at == make.NOON + timedelta(minutes=1)


def test_of_two_who_saw_a_token_together_the_first_writes_it() -> None:
    source = gateway()
    found = tokens.recognised(issue(source), at=make.NOON)
    assert found is not None

    tokens.seen(found, at=make.NOON)
    tokens.seen(found, at=make.NOON + SECOND)

    assert source.tokens.get().last_seen_at == make.NOON


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 5, 2), "empieza el 3 may 2026"),
        (date(2026, 5, 3), ""),
        (date(2027, 6, 1), ""),
        (date(2027, 6, 2), "caducó el 3 may 2027"),
    ],
)
def test_readings_are_taken_from_the_first_day_until_grace_is_over(day: date, words: str) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), months=12)
    found = tokens.recognised(issue(gateway(hotel)), at=make.NOON)
    assert found is not None
    at = start_of(day, hotel.time_zone)

    if words:
        with pytest.raises(tokens.NotCollecting, match=words):
            tokens.ensure_collects(found, at=at)
    else:
        tokens.ensure_collects(found, at=at)
    assert expiry.collects(hotel, today=day) == (not words)


def test_the_day_since_which_nothing_is_collected_is_said() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), months=12)

    with pytest.raises(tokens.NotCollecting) as refused:
        tokens.ensure_collects(hotel, at=start_of(date(2027, 7, 1), hotel.time_zone))

    assert str(refused.value) == (
        "Esta cuenta caducó el 3 may 2027, y desde el 2 jun 2027 no se recogen lecturas."
    )


def test_a_source_gets_another_name_unless_it_is_taken() -> None:
    hotel = make.account()
    source, other = gateway(hotel), gateway(hotel, "Otra")
    by = make.commercial()

    changing.change_source(source, name="Cubierta", registers_at_end=False, by=by, at=make.NOON)
    with pytest.raises(WrongChoice):
        changing.change_source(other, name="CUBIERTA", registers_at_end=False, by=by, at=make.NOON)

    assert set(hotel.datasources.values_list("name", flat=True)) == {"Cubierta", "Otra"}


def test_no_plain_token_and_no_second_lasting_one_can_be_written() -> None:
    source = gateway()
    token = issue(source)

    for digest, constraint in (
        (token, "a_token_is_stored_as_its_hash"),
        ("0" * 64, "one_lasting_token_of_a_source"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            SourceToken.objects.create(
                account=source.account,
                organisation=source.organisation,
                source=source,
                digest=digest,
                made_at=make.NOON,
            )


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_leave_two_that_work_and_the_one_in_use_among_them() -> None:
    hotel, by = make.account(), make.commercial()
    for number in range(full_or_tenth(50)):
        source = gateway(hotel, f"Pasarela {number}")
        used = tokens.issue(source, by=by, at=make.NOON)
        use(used, make.NOON)

        done, refused = together(
            [lambda source=source: tokens.rotate(source, by=by, at=make.NOON)] * 2
        )

        assert refused == []
        assert works(used, make.NOON)
        assert [works(each, make.NOON) for each in done].count(True) == 1
        assert source.tokens.live(at=make.NOON).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_is_told_that_there_is_a_token() -> None:
    source, by = gateway(), make.commercial()

    done, refused = together([lambda: tokens.issue(source, by=by, at=make.NOON)] * 2)

    assert (len(done), [type(each) for each in refused]) == (1, [tokens.TokenExists])
