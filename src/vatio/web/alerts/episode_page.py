"""The page of an episode: what happened, its curve, who was told, and «Enterado»."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts import making
from vatio.alerts.judging import judged, watched_curve
from vatio.alerts.kinds import SUMS, AlertKind
from vatio.alerts.listing import listed
from vatio.alerts.models import AlertEpisode
from vatio.alerts.things import FedKind, key_of, looked_at
from vatio.alerts.wording import described
from vatio.dates import day_at
from vatio.notices.reading import mark_read_about
from vatio.readings.slots import ONE_DAY, local_day
from vatio.web.alerts import words
from vatio.web.alerts.consumption_links import consumption_of
from vatio.web.alerts.entering import episode_of, look, may_acknowledge
from vatio.web.alerts.picture import AlertPicture, picture
from vatio.web.alerts.story import story
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SIGNED_IN,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.addresses import url
from vatio.web.shell.redirects import back_to

AROUND = timedelta(days=1)
"""How much is drawn before an episode and after it, at the least; of daily kinds `DAYS_AROUND`."""

DAYS_AROUND = timedelta(days=14)
MOST_DAYS = 120
"""Of a longer episode the last days are drawn."""


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, episode: UUID) -> HttpResponse:
    """Show an episode: its notices are read then, whichever way led here.

    Nothing is acknowledged by looking.
    """
    at = clock.now()
    frame = look(request, at=at)
    account = frame.account
    own = episode_of(account, episode, request)
    mark_read_about(request.user, url("alert_episode", uid, episode), at=at)
    rule = own.rule
    (shown,) = listed(account, [rule], at=at)
    since, until = _days(own, account.time_zone, at=at)
    told = story(own)
    return render(
        request,
        "alerts/episode.html",
        {
            "account": account,
            "frame": frame,
            "episode": own,
            "rule": rule,
            "shown": shown,
            "looks_for": words.threshold_words(shown),
            "facts": described(account, [own], at=at)[own.pk],
            "drawn": _drawn(account, own, since, until, at=at),
            "consumption": consumption_of(
                account, rule, at=at, since=since, until=min(until, day_at(at, account.time_zone))
            ),
            "told": told.tellings,
            "no_credits": told.no_credits,
            "moments": told.moments,
            "may_expand": frame.leads,
            "may_change": frame.may_change and rule.removed_at is None,
            "may_acknowledge": may_acknowledge(frame, request),
            "is_muted": rule.is_muted(at),
            "today": day_at(at, account.time_zone),
            "at": at,
            "words": words,
        },
    )


def _days(episode: AlertEpisode, time_zone: str, *, at: datetime) -> tuple[date, date]:
    """Return the first and the last day that are drawn around an episode."""
    is_daily = episode.rule.kind in SUMS or episode.rule.kind == AlertKind.NIGHT
    ends = min(episode.ends or max(episode.last_at, at), at)
    around = max(DAYS_AROUND if is_daily else AROUND, (ends - episode.begins) / 2)
    until = day_at(min(ends + around, at), time_zone)
    since = day_at(episode.begins - around, time_zone)
    return max(since, until - MOST_DAYS * ONE_DAY), until


def _drawn(
    account: Account, episode: AlertEpisode, since: date, until: date, *, at: datetime
) -> AlertPicture | None:
    """Return the curve around an episode; none of what brings readings, or was removed."""
    rule = episode.rule
    thing = looked_at(rule)
    if thing is None or key_of(thing).partition(":")[0] in set(FedKind):
        return None
    before = 31 * ONE_DAY if rule.kind in SUMS else 0 * ONE_DAY
    seen = watched_curve(account, rule, since - before, until + ONE_DAY)
    if seen is None:
        return None
    curve = judged(rule, account.pk, seen).since(local_day(since, seen.curve.time_zone).begins)
    return picture(curve, rule, [(episode.begins, episode.ends)], now=at.timestamp())


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR, VIEWER)
def acknowledge(request: Request, uid: UUID, episode: UUID) -> HttpResponse:
    """Acknowledge an episode; who comes second reads who was first."""
    frame = enter(request)
    if not may_acknowledge(frame, request):
        raise Http404
    own = episode_of(frame.account, episode, request)
    at = clock.now()
    mark_read_about(request.user, url("alert_episode", uid, episode), at=at)
    if making.acknowledge(own, by=request.user, at=at):
        messages.success(request, _("Acknowledged: %(name)s") % {"name": own.rule.name})
    else:
        own.refresh_from_db()
        who = own.acknowledged_by.name if own.acknowledged_by else "–"
        messages.info(
            request,
            _("%(person)s had acknowledged it before: %(name)s")
            % {"person": who, "name": own.rule.name},
        )
    return redirect(back_to(request.POST, url("alert_episode", uid, episode)))


@only(SIGNED_IN)
def short(request: Request, code: str) -> HttpResponse:
    """Lead from the short link of an SMS to the page of its episode; nobody else's is told of."""
    try:
        key = base36_to_int(code)
    except ValueError:
        raise Http404 from None
    rows = AlertEpisode.objects.visible_to(request.user).filter(pk=min(key, 2**63 - 1))
    found = rows.values_list("account__uid", "uid").first()
    if found is None:
        raise Http404
    return redirect("alert_episode", *found)


PLACE = "accounts/<uuid:uid>/alerts/<uuid:episode>"

urlpatterns = [
    path("a/<str:code>", short, name="alert_short"),
    path(f"{PLACE}/", page, name="alert_episode"),
    path(f"{PLACE}/acknowledge/", acknowledge, name="alert_acknowledge"),
]
