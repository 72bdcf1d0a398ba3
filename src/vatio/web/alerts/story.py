"""What became of an episode, moment by moment, and who was told of it and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.accounts.texting import Fate
from vatio.alerts.listing import told_of
from vatio.alerts.models import AlertEpisode, AlertTold
from vatio.alerts.moments import What
from vatio.notifications.labels import MESSAGE_STATES, RECEIPTS
from vatio.notifications.models import Message
from vatio.notifications.sms_segments import measure

WHATS: Mapping[str, Promise] = {
    What.OPENED: gettext_lazy("that it opened"),
    What.WORSENED: gettext_lazy("that it worsened"),
    What.CLOSED: gettext_lazy("that it closed"),
    What.STILL: gettext_lazy("that it was still open"),
}

FATES: Mapping[str, Promise] = {
    Fate.NOT_SET_UP: gettext_lazy("this platform sends no SMS"),
    Fate.NO_TELEPHONE: gettext_lazy("no confirmed telephone"),
    Fate.PERSON_CAP: gettext_lazy("as many went to this person as a day may have"),
    Fate.ACCOUNT_CAP: gettext_lazy("as many went out of this account as a day may have"),
    Fate.NO_CREDITS: gettext_lazy("no SMS credits: it went by e-mail"),
}
"""Why no text was sent, in a line of a table."""


@dataclass(frozen=True)
class EpisodeMoment:
    """Something that happened to an episode: when, in words, by whom, and its look."""

    at: datetime
    words: str
    icon: str
    look: str = ""
    who: str = ""


@dataclass(frozen=True)
class ToldPerson:
    """Somebody who was told: what, how, when, and what became of the message.

    `state` is its word, icon and look; `credits` what a text cost, in segments.
    """

    name: str
    what: str
    channel: str
    at: datetime
    state: tuple[str, str, str]
    receipt: str = ""
    credits: int = 0


@dataclass(frozen=True)
class EpisodeStory:
    """The moments of an episode, the last one first, and who was told."""

    moments: Sequence[EpisodeMoment]
    tellings: Sequence[ToldPerson]
    no_credits: bool


def story(episode: AlertEpisode) -> EpisodeStory:
    """Return what became of an episode; two statements."""
    told = told_of(episode)
    rows = [row for row, _message in told]
    return EpisodeStory(
        _moments(episode, rows),
        [_told(row, message) for row, message in told],
        any(row.fate == Fate.NO_CREDITS for row in rows),
    )


def _told(row: AlertTold, message: Message | None) -> ToldPerson:
    said = str(WHATS[row.what]), str(AlertTold.Channel(row.channel).label)
    if row.fate:
        words = str(FATES.get(row.fate, row.fate))
        return ToldPerson(row.person.name, *said, row.at, (words, "minus", ""))
    if row.channel == AlertTold.Channel.PAGE or message is None:
        return ToldPerson(row.person.name, *said, row.at, (_("it stands here"), "check", ""))
    label, icon, look = MESSAGE_STATES[message.state]
    is_text = message.channel == Message.Channel.SMS
    return ToldPerson(
        row.person.name,
        *said,
        row.at,
        (str(label), icon, look),
        receipt=str(RECEIPTS.get(message.receipt, "")),
        credits=measure(str(message.context.get("text", ""))).segments if is_text else 0,
    )


def _moments(episode: AlertEpisode, told: Sequence[AlertTold]) -> list[EpisodeMoment]:
    rows: list[tuple[datetime | None, str, str, str]] = []
    if told:
        rows.append((min(row.at for row in told), _("People were told"), "mail", ""))
    rows.append((episode.noticed_at, _("It was noticed"), "info", ""))
    if episode.withdrawn:
        rows.append((episode.ends, _("Later readings undid it"), "back", ""))
    else:
        rows += [
            (episode.ends, _("It ended"), "check", "good"),
            (episode.worsened_at, _("It worsened"), "up", "bad"),
            (episode.begins, _("It began"), "warn", "warm"),
        ]
    # Of what happened at one instant the later stands first, as in all of the list.
    found = [EpisodeMoment(at, said, icon, look) for at, said, icon, look in rows if at]
    if episode.acknowledged_at is not None:
        who = episode.acknowledged_by.name if episode.acknowledged_by else ""
        acknowledged = EpisodeMoment(
            episode.acknowledged_at, _("Acknowledged"), "check", "good", who
        )
        found.append(acknowledged)
    return sorted(found, key=lambda each: each.at, reverse=True)
