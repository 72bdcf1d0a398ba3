"""What became of an episode, moment by moment, and who was told of it and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vatio.alerts.models import AlertEpisode


@dataclass(frozen=True)
class EpisodeMoment:
    """Something that happened to an episode: when, in words, by whom, and its look."""

    at: datetime
    words: str
    icon: str
    look: str = ""
    who: str = ""


@dataclass(frozen=True)
class EpisodeStory:
    """The moments of an episode, the last one first, and who was told."""

    moments: Sequence[EpisodeMoment]
    tellings: Sequence[object] = ()
    no_credits: bool = False


def story(episode: AlertEpisode) -> EpisodeStory:
    """Return what became of an episode."""
    return EpisodeStory(_moments(episode))


def _moments(episode: AlertEpisode) -> list[EpisodeMoment]:
    rows = [
        (episode.begins, _("It began"), "warn", "warm"),
        (episode.worsened_at, _("It worsened"), "up", "bad"),
        (episode.noticed_at, _("It was noticed"), "info", ""),
        (episode.told_opened_at if not episode.late else None, _("People were told"), "mail", ""),
        (episode.ends, _("It ended"), "check", "good"),
    ]
    if episode.withdrawn:
        rows = [*rows[2:4], (episode.ends, _("Later readings undid it"), "back", "")]
    if episode.muted:
        rows = [each for each in rows if each[2] != "mail"]
    found = [EpisodeMoment(at, said, icon, look) for at, said, icon, look in rows if at]
    if episode.acknowledged_at is not None:
        who = episode.acknowledged_by.name if episode.acknowledged_by else ""
        found.append(
            EpisodeMoment(episode.acknowledged_at, _("Acknowledged"), "check", "good", who)
        )
    return sorted(found, key=lambda each: each.at, reverse=True)
