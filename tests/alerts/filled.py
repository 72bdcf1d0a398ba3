"""Gives an account rows in every table of alerts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests import make
from vatio.accounts.models import Account
from vatio.alerts import making, telling
from vatio.alerts.announcing import Announcement, announce
from vatio.alerts.details import AlertDetails, RecipientDetails
from vatio.alerts.listening import Listener
from vatio.alerts.models import AlertEpisode, AlertHeld
from vatio.alerts.moments import What
from vatio.alerts.wording import described
from vatio.tenants.models import Person


def fill(account: Account, *, by: Person, at: datetime) -> AlertEpisode:
    """Make an alert on what is installed, with an episode that somebody was told of."""
    point = account.datapoints.order_by("id").first()
    assert point is not None
    role = account.roles.order_by("id").first()
    listener = role.person if role else make.holder(account, "viewer", "Luis <Rey>")
    rule = making.make_alert(
        point,
        "above",
        AlertDetails("Más de 10 & 20", threshold=10_000.0, minutes=30),
        recipients=[RecipientDetails(listener)],
        by=by,
        at=at,
    )
    episode = AlertEpisode.objects.create(
        account=account,
        organisation=account.organisation,
        rule=rule,
        begins=at,
        last_at=at + timedelta(minutes=45),
        noticed_at=at + timedelta(minutes=45),
        worst=12_500.0,
        worst_at=at,
    )
    telling.tell([account.pk], at=at + timedelta(minutes=46))
    _hold(episode, listener, at=at)
    telling.tell_waiting(at=at + timedelta(minutes=47))
    AlertEpisode.objects.filter(pk=episode.pk).update(
        ends=at + timedelta(hours=1), told_closed_at=at + timedelta(hours=1)
    )
    _hold(episode, listener, at=at)
    return episode


def _hold(episode: AlertEpisode, person: Person, *, at: datetime) -> None:
    AlertHeld.objects.create(
        account=episode.account,
        organisation=episode.organisation,
        episode=episode,
        person=person,
        since=at,
    )


def tell_in_other_ways(episode: AlertEpisode, *, at: datetime) -> None:
    """Tell of an episode as one of many, and again as what stands on the page already."""
    account = episode.account
    facts = described(account, [episode], at=at)[episode.pk]
    listener = Listener(episode.told.first().person, by_mail=True, by_sms=False, is_quiet=False)
    own = Announcement(account, episode, What.WORSENED, facts, listener)
    announce([own], together=[account.pk], at=at)
    announce([own], together=[], at=at, again=True)


def tell_of_several(episodes: Sequence[AlertEpisode], person: Person, *, at: datetime) -> None:
    """Tell a person, once, of what is still open in several accounts."""
    listener = Listener(person, by_mail=True, by_sms=False, is_quiet=False)
    own = [
        Announcement(
            each.account,
            each,
            What.STILL,
            described(each.account, [each], at=at)[each.pk],
            listener,
        )
        for each in episodes
    ]
    announce(own, together=[each.account_id for each in episodes], at=at, again=True)
