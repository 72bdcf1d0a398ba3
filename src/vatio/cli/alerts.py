"""`vatio alerts evaluate`: does at once what the worker does for alerts, and says what there is."""

import argparse
import json
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from vatio.alerts import evaluating, telling
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.formats import number
from vatio.jobs import alerting

Say = Callable[[str], None]


def run_evaluate(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Follow what changed, look at silences, tell what is to be told; say how it stands.

    With `--anew` all that rules look at is looked at again, whatever changed.
    """
    followed = alerting.follow()
    told = alerting.look()
    if arguments.anew:
        told += telling.tell(evaluating.evaluate_anew(at=at), at=at)
    standing = AlertEpisode.objects.filter(withdrawn=False)
    found = {
        "series": followed,
        "rules": AlertRule.objects.standing().filter(asleep=False).count(),
        "episodes": standing.count(),
        "open": standing.filter(ends__isnull=True).count(),
        "late": standing.filter(late=True).count(),
        "told": told,
    }
    if arguments.json:
        say(json.dumps(found))
        return 0
    words = _("%(rules)s alerts, %(episodes)s episodes, %(open)s of them open; %(told)s told now.")
    say(words % {name: number(value) for name, value in found.items()})
    return 0
