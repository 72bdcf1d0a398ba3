import pytest

from tests import make
from vatio.accounts.holdings import held
from vatio.catalogue import publishing
from vatio.catalogue.models import LicenceVersion
from vatio.units import Quantities

pytestmark = pytest.mark.django_db


def test_a_new_version_takes_the_place_of_the_old_and_who_holds_the_old_keeps_it() -> None:
    old = make.licence(meters=10)
    hotel = make.account(version=old)
    elena = make.commercial()
    new = publishing.draft_next(old.licence, by=elena, at=make.NOON)
    publishing.change_draft(new, quantities=Quantities(99, 9, None, 1), description="")

    publishing.publish(new, by=elena, at=make.NOON)

    old.refresh_from_db()
    assert old.state == "retired"
    assert LicenceVersion.objects.published().get() == new
    holding = held(hotel, hotel.opened_on)
    assert holding is not None
    assert (holding.licence_id, holding.totals.meters) == (old.pk, 10)


def test_a_draft_leaves_uncounted_what_its_billing_does_not_count() -> None:
    version = publishing.draft(
        "Starter DP",
        billing="DP",
        quantities=Quantities(7, None, 250, None),
        description="",
        by=make.commercial(),
        at=make.NOON,
    )

    assert version.defaults == Quantities(None, 0, 250, 0)


def test_what_is_published_is_not_changed_nor_published_again() -> None:
    version, elena = make.licence(), make.commercial()

    with pytest.raises(publishing.NotADraft):
        publishing.change_draft(version, quantities=Quantities(1, 1, None, 1), description="")
    with pytest.raises(publishing.NotADraft):
        publishing.publish(version, by=elena, at=make.NOON)
    publishing.retire(version, by=elena, at=make.NOON)
    with pytest.raises(publishing.NotPublished):
        publishing.retire(version, by=elena, at=make.NOON)

    version.refresh_from_db()
    assert (version.state, version.meters) == ("retired", 10)


def test_a_licence_has_one_draft_and_a_name_one_licence() -> None:
    version, elena = make.licence("Básica Mtr"), make.commercial()
    publishing.draft_next(version.licence, by=elena, at=make.NOON)

    with pytest.raises(publishing.DraftExists):
        publishing.draft_next(version.licence, by=elena, at=make.NOON)
    with pytest.raises(publishing.LicenceExists):
        publishing.draft(
            "BASICA  mtr",
            billing="DP",
            quantities=Quantities(),
            description="",
            by=elena,
            at=make.NOON,
        )
