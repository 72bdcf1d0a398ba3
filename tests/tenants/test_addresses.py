from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from vatio.accounts.models import AccountRole
from vatio.people.models import OneTimeLink
from vatio.tenants.addresses import NotAnAddress, check_address, fold_address, in_letters
from vatio.tenants.models import Membership, Person

ASCII = "jefa@xn--energa-7va.example"

migration = import_module("vatio.tenants.migrations.0002_addresses_have_one_spelling")


@pytest.mark.parametrize(
    "text",
    [
        "jefa@energía.example",
        "JEFA@ENERGÍA.EXAMPLE",
        "jefa@energi\u0301a.example",
        "jefa@XN--ENERGA-7VA.example",
        "  jefa@energía.example\u200b\n",
        "jefa@energía。example",
        "ｊｅｆａ＠energía.example",
        "\u202ajefa@energía.example\u202c",
    ],
)
def test_every_spelling_of_a_mailbox_is_stored_as_one(text: str) -> None:
    assert check_address(text) == ASCII
    assert fold_address(text) == ASCII


def test_an_address_is_read_with_the_letters_of_its_domain() -> None:
    assert in_letters(ASCII) == "jefa@energía.example"
    assert in_letters("ana@xn--strae-oqa.example") == "ana@straße.example"
    assert in_letters("ana@faro.example") == "ana@faro.example"
    assert in_letters("ana@xn--.example") == "ana@xn--.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nadie",
        "a b@faro.example",
        "ana@",
        "@faro.example",
        "ana@faro",
        "ana@-é.example",
        "ana@a..example",
        "Ana <ana@faro.example>",
        "ana@faro.example\nBcc: otro@faro.example",
        f"ana@{'é' * 63}.example",
        f"{'a' * 250}@b.es",
        "ana@faro.example, eva@faro.example",
        "\udcffana@",
    ],
)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotAnAddress, match="no es una dirección de correo"):
        check_address(text)


def test_letters_before_the_at_are_refused_with_their_reason() -> None:
    with pytest.raises(NotAnAddress, match="antes de la @"):
        check_address("íñigo@faro.example")


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["jefa@energía.example", "Jefa@faro.example", "j efa@faro.es"])
def test_the_database_takes_no_other_spelling(email: str) -> None:
    person = make.person()
    organisation = make.organisation()
    account = make.account()

    for row, column in (
        (person, "email"),
        (organisation, "notice_address"),
        (account, "contact_email"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{column: email})  # type: ignore[attr-defined]


@pytest.fixture
def _as_before() -> None:
    """Drop the constraints under which the rows of the former spelling could not exist."""
    with connection.cursor() as cursor:
        for table, name in (
            ("tenants_person", "a_person_has_one_spelling_of_their_address"),
            ("tenants_organisation", "a_notice_address_has_one_spelling"),
            ("accounts_account", "a_contact_has_one_spelling"),
            ("people_onetimelink", "an_invited_address_has_one_spelling"),
        ):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def migrate() -> None:
    migration.write(None, SimpleNamespace(connection=connection))


def person_of(email: str, **about: Any) -> Person:
    person = make.person()
    Person.objects.filter(pk=person.pk).update(email=email, **about)
    return person


def link_to(email: str) -> OneTimeLink:
    return OneTimeLink.objects.create(
        kind="invitation",
        role="commercial",
        token_hash=email,
        email=email,
        made_at=make.NOON,
        lapses_at=make.NOON,
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_before")
def test_stored_addresses_are_migrated_to_the_one_spelling() -> None:
    account = make.account()
    type(account).objects.filter(pk=account.pk).update(contact_email="jefa@energía.example")
    person = person_of("jefa@energía.example")
    strange = person_of("ana@☕.example")

    migrate()

    account.refresh_from_db()
    person.refresh_from_db()
    strange.refresh_from_db()
    assert (account.contact_email, person.email) == (ASCII, ASCII)
    assert strange.email == "ana@xn--53h.example"


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_before")
def test_two_people_of_one_mailbox_become_one_with_the_places_of_both() -> None:
    account = make.account()
    kept = person_of(ASCII)
    twin = person_of("jefa@energía.example", is_commercial=True)
    for person in (kept, twin):
        Membership.objects.create(
            organisation=account.organisation, person=person, created_at=make.NOON
        )
    AccountRole.objects.create(
        account=account,
        organisation=account.organisation,
        person=twin,
        role="viewer",
        created_at=make.NOON,
    )

    migrate()

    kept.refresh_from_db()
    twin.refresh_from_db()
    assert (kept.email, kept.is_active, kept.is_commercial) == (ASCII, True, True)
    assert (twin.email, twin.is_active) == (f"person-{twin.pk}@merged.invalid", False)
    assert [role.person_id for role in account.roles.all()] == [kept.pk]
    members = account.organisation.memberships.filter(person__in=[kept, twin])
    assert [member.person_id for member in members] == [kept.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_before")
def test_a_person_who_left_gives_no_places_to_the_one_who_stays() -> None:
    organisation = make.organisation()
    gone = person_of(ASCII, is_active=False)
    Membership.objects.create(organisation=organisation, person=gone, created_at=make.NOON)
    stays = person_of("jefa@energía.example")

    migrate()

    stays.refresh_from_db()
    gone.refresh_from_db()
    assert (stays.email, stays.is_active) == (ASCII, True)
    assert gone.email == f"person-{gone.pk}@merged.invalid"
    assert not stays.memberships.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_before")
def test_of_two_waiting_invitations_of_one_mailbox_the_later_stays() -> None:
    older, later = link_to(ASCII), link_to("jefa@energía.example")

    migrate()

    waiting = OneTimeLink.objects.waiting()
    assert [(link.pk, link.email) for link in waiting] == [(later.pk, ASCII)]
    assert older.pk != later.pk
