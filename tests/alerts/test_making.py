from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.readings.stored import series
from vatio.alerts import making
from vatio.alerts.details import AlertDetails, RecipientDetails, WrongAlert
from vatio.alerts.making import NotOfTheAccount
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertRule
from vatio.history.models import Act
from vatio.metering import sites
from vatio.metering.models import DataPoint, DataSource
from vatio.metering.sites import SiteDetails

pytestmark = pytest.mark.django_db

OVER_TEN = AlertDetails("Más de 10 kW", threshold=10_000.0, minutes=30)


def point() -> DataPoint:
    return DataPoint.objects.get(pk=series(15).data_point_id)


def test_an_alert_tells_people_of_the_account_and_the_history_who_made_it() -> None:
    watched = point()
    marta = make.holder(watched.account, "viewer", "Marta Vega")

    rule = making.make_alert(
        watched,
        "above",
        OVER_TEN,
        recipients=[RecipientDetails(marta, by_sms=True)],
        by=marta,
        at=make.NOON,
    )

    told = AlertRecipient.objects.get(rule=rule)
    assert (told.person, told.by_mail, told.by_sms) == (marta, True, True)
    assert (rule.data_point, rule.looks_from, rule.due_at) == (watched, make.NOON, None)
    assert Act.objects.get(verb="alert.made").facts == {
        "name": "Más de 10 kW",
        "kind": "above",
        "alert": str(rule.uid),
    }


def test_somebody_without_a_role_in_the_account_is_not_told() -> None:
    with pytest.raises(NotOfTheAccount):
        making.make_alert(
            point(),
            "above",
            OVER_TEN,
            recipients=[RecipientDetails(make.person())],
            by=make.commercial(),
            at=make.NOON,
        )

    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("above", AlertDetails("Sin umbral")),
        ("above", replace(OVER_TEN, name="  ")),
        ("above", replace(OVER_TEN, name="A" * 121)),
        ("above", replace(OVER_TEN, sms_text="á" * 301)),
        ("above", replace(OVER_TEN, schedule="1" * 167)),
        ("above", replace(OVER_TEN, threshold=float("nan"))),
        ("above", replace(OVER_TEN, minutes=10**6)),
        ("other", OVER_TEN),
        ("above", replace(OVER_TEN, worse=9_999.0)),
        ("below", replace(OVER_TEN, worse=10_001.0)),
        ("day sum", replace(OVER_TEN, worse=1.0)),
    ],
)
def test_what_no_alert_can_be_is_refused(kind: str, details: AlertDetails) -> None:
    with pytest.raises(WrongAlert):
        making.make_alert(point(), kind, details, recipients=[], by=make.commercial(), at=make.NOON)

    assert not AlertRule.objects.exists()


def test_a_source_can_be_silent_and_nothing_else_and_files_not_even_that() -> None:
    account = make.account()
    by = make.commercial()
    gateway, files = (
        DataSource.objects.create(
            account=account,
            organisation=account.organisation,
            name=kind,
            kind=kind,
            created_at=make.NOON,
        )
        for kind in ("insertion", "files")
    )
    details = AlertDetails("Sin datos")

    rule = making.make_alert(gateway, "silence", details, recipients=[], by=by, at=make.NOON)
    for thing, kind in ((files, "silence"), (gateway, "above")):
        with pytest.raises(WrongAlert):
            making.make_alert(thing, kind, details, recipients=[], by=by, at=make.NOON)

    assert (rule.minutes, rule.due_at) == (0, make.NOON)


def test_a_kind_takes_its_defaults() -> None:
    account = make.account()
    supply, by = make.supply_point(account), make.commercial()

    power = making.make_alert(
        supply, "power", AlertDetails("Potencia"), recipients=[], by=by, at=make.NOON
    )
    night = making.make_alert(
        supply, "night", AlertDetails("Noche"), recipients=[], by=by, at=make.NOON
    )

    assert (power.threshold, power.worse) == (0.9, 1.0)
    assert (night.threshold, night.share) == (1_000.0, 0.2)


@pytest.mark.parametrize(("kind", "worse"), [("above", 10_000.0), ("below", 9_000.0)])
def test_grave_lies_beyond_the_threshold(kind: str, worse: float) -> None:
    details = replace(OVER_TEN, worse=worse)

    rule = making.make_alert(
        point(), kind, details, recipients=[], by=make.commercial(), at=make.NOON
    )

    assert rule.worse == worse


@pytest.mark.parametrize("threshold", [1.0, 1.05])
def test_above_the_contracted_power_one_threshold_can_stand_alone(threshold: float) -> None:
    supply = make.supply_point(make.account())

    rule = making.make_alert(
        supply,
        "power",
        AlertDetails("Potencia", threshold=threshold),
        recipients=[],
        by=make.commercial(),
        at=make.NOON,
    )

    assert (rule.threshold, rule.worse) == (threshold, None)


FITS = {
    "day sum": {402, 404, 901, 502, 802},
    "week sum": {402, 404, 901, 502, 802},
    "month sum": {402, 404, 901, 502, 802},
    "power": {401, 402},
    "night": {401, 402, 802},
    "above": {301, 401, 402, 404, 502, 802, 901},
}


@pytest.mark.parametrize("quantity", [301, 401, 402, 404, 502, 802, 901])
def test_a_kind_that_says_nothing_of_a_quantity_is_refused(quantity: int) -> None:
    watched = DataPoint.objects.get(pk=series(15, quantity=quantity).data_point_id)
    by = make.commercial()
    fits = set()

    for kind in FITS:
        with suppress(WrongAlert):
            making.make_alert(watched, kind, OVER_TEN, recipients=[], by=by, at=make.NOON)
            fits.add(kind)

    assert fits == {kind for kind, known in FITS.items() if quantity in known}
    assert set(AlertRule.objects.values_list("kind", flat=True)) == fits


def opened(rule: AlertRule, **about: Any) -> AlertEpisode:
    return AlertEpisode.objects.create(
        account=rule.account,
        organisation=rule.organisation,
        rule=rule,
        begins=make.NOON,
        last_at=make.NOON + timedelta(minutes=15),
        noticed_at=make.NOON,
        **about,
    )


def test_a_rule_that_looks_for_something_else_begins_anew() -> None:
    by = make.commercial()
    rule = making.make_alert(point(), "above", OVER_TEN, recipients=[], by=by, at=make.NOON)
    episode = opened(rule, told_opened_at=make.NOON)
    later = make.NOON + timedelta(hours=1)

    making.change_alert(rule, replace(OVER_TEN, name="Otro"), recipients=[], by=by, at=later)
    episode.refresh_from_db()
    kept = (rule.looks_from, episode.ends)
    making.change_alert(rule, replace(OVER_TEN, minutes=45), recipients=[], by=by, at=later)
    episode.refresh_from_db()

    assert kept == (make.NOON, None)
    assert rule.looks_from == later
    assert (episode.ends, episode.told_closed_at) == (episode.last_at, later)


def test_an_episode_is_acknowledged_once() -> None:
    by = make.commercial()
    rule = making.make_alert(point(), "above", OVER_TEN, recipients=[], by=by, at=make.NOON)
    episode = opened(rule)

    first = making.acknowledge(episode, by=by, at=make.NOON)
    second = making.acknowledge(episode, by=by, at=make.NOON + timedelta(hours=1))

    episode.refresh_from_db()
    assert (first, second, episode.acknowledged_at) == (True, False, make.NOON)
    assert Act.objects.filter(verb="alert.acknowledged").count() == 1


def test_a_rule_has_one_open_episode() -> None:
    rule = making.make_alert(
        point(), "above", OVER_TEN, recipients=[], by=make.commercial(), at=make.NOON
    )
    opened(rule)

    with pytest.raises(IntegrityError, match="one_open_episode"), transaction.atomic():
        opened(rule)


def test_a_rule_is_of_things_of_its_own_account() -> None:
    rule = making.make_alert(
        point(), "above", OVER_TEN, recipients=[], by=make.commercial(), at=make.NOON
    )
    other = point()

    with pytest.raises(IntegrityError, match="of_its_own"), transaction.atomic():
        AlertRule.objects.filter(pk=rule.pk).update(data_point=other)


def test_a_rule_goes_with_its_site() -> None:
    account, by = make.account(), make.commercial()
    nave = sites.add_site(account, SiteDetails("Nave"), by=by, at=make.NOON)
    rule = making.make_alert(
        nave, "day sum", replace(OVER_TEN, minutes=0), recipients=[], by=by, at=make.NOON
    )
    episode = opened(rule)

    sites.remove_site(nave, by=by, at=make.NOON)

    rule.refresh_from_db()
    episode.refresh_from_db()
    assert rule.site is None
    assert rule.removed_at is not None
    assert episode.ends == episode.last_at
    assert not AlertRule.objects.standing().exists()
