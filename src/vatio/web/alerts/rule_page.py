"""The page of an alert: what it looks for, whom it tells, its episodes, and its acts."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock, pagination
from vatio.alerts import making, schedules
from vatio.alerts.listing import EpisodeFilters, acts_of, listed, narrowed
from vatio.alerts.making import AlertGone
from vatio.alerts.models import AlertRule
from vatio.alerts.things import looked_at
from vatio.alerts.wording import described
from vatio.dates import day_at, start_of
from vatio.refusal import Refused
from vatio.web.alerts import schedule_fields, words
from vatio.web.alerts.consumption_links import consumption_of
from vatio.web.alerts.entering import look, may_acknowledge, rule_of
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.addresses import url
from vatio.web.shell.fields import parse_day
from vatio.web.shell.redirects import back_to

MUTES = {"hour": timedelta(hours=1), "week": timedelta(days=7)}
"""How long «Silenciar» lasts; until the end of today, and until a day, besides."""

MOST_ACTS = 100


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, rule: UUID) -> HttpResponse:
    """Show an alert, removed or not, and its episodes."""
    at = clock.now()
    frame = look(request, at=at)
    account = frame.account
    own = rule_of(account, rule, request)
    asked = EpisodeFilters(rule=own.uid)
    rows = narrowed(account, asked, at=at)
    found = pagination.page(rows, order=["-begins", "-id"], parameters=request.GET)
    (shown,) = listed(account, [own], at=at)
    return render(
        request,
        "alerts/rule.html",
        {
            "account": account,
            "frame": frame,
            "rule": own,
            "shown": shown,
            "looks_for": words.threshold_words(shown),
            "schedule": _schedule(own),
            "page": found,
            "facts": described(account, found.rows, at=at),
            "count": rows.count(),
            "at": at,
            "today": day_at(at, account.time_zone),
            "is_muted": own.is_muted(at),
            "may_change": frame.may_change and own.removed_at is None,
            "may_acknowledge": may_acknowledge(frame, request),
            "consumption": consumption_of(account, own, at=at),
            "acts": list(acts_of(own)[:MOST_ACTS]),
            "words": words,
        },
    )


def _schedule(rule: AlertRule) -> list[tuple[str, str]]:
    """Return on which days and hours a rule looks, days with the same hours together."""
    if not rule.schedule:
        return []
    found: list[tuple[list[str], str]] = []
    names = [str(each) for each in schedule_fields.DAYS]
    for name, day in zip(names, schedules.days_of(rule.schedule), strict=True):
        hours = schedules.written_hours(day)
        if found and found[-1][1] == hours:
            found[-1][0].append(name)
        else:
            found.append(([name], hours))
    return [
        (own[0] if len(own) == 1 else f"{own[0]} – {own[-1]}", hours)
        for own, hours in found
        if hours
    ]


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def mute(request: Request, uid: UUID, rule: UUID) -> HttpResponse:
    """Mute an alert for an hour, today, a week or up to and including a day; or let it speak."""
    account = enter(request, to_change=True).account
    own = rule_of(account, rule, request)
    at = clock.now()
    asked = request.POST.get("until", "")
    until = _until(asked, request.POST.get("day", ""), account.time_zone, at=at)
    address = back_to(request.POST, url("alert_rule", uid, rule))
    if asked != "speak" and until is None:
        messages.error(request, _("Choose until when: a day from today on."))
        return redirect(address)
    try:
        making.mute_alert(own, until=until, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address)
    said = _("Alert muted: %(name)s") if until else _("Alert speaks again: %(name)s")
    messages.success(request, said % {"name": own.name})
    return redirect(address)


def _until(asked: str, day: str, time_zone: str, *, at: datetime) -> datetime | None:
    """Return until when an alert is muted; None if it is not, or if that is not understood."""
    if asked in MUTES:
        return at + MUTES[asked]
    today = day_at(at, time_zone)
    last = today if asked == "today" else parse_day(day) if asked == "day" else None
    if last is None or not today <= last <= today + timedelta(days=366):
        return None
    return start_of(last + timedelta(days=1), time_zone)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def remove(request: Request, uid: UUID, rule: UUID) -> HttpResponse:
    """Ask whether an alert is to be removed; remove it once that is said."""
    account = enter(request, to_change=True).account
    own = rule_of(account, rule, request)
    if request.method == "POST" and request.POST.get("sure"):
        try:
            making.remove_alert(own, by=request.user, at=clock.now())
        except AlertGone as refused:
            messages.warning(request, str(refused))
            return redirect("alert_rule", uid, rule)
        messages.success(request, _("Alert removed: %(name)s") % {"name": own.name})
        return redirect("alerts", uid)
    return render(
        request,
        "alerts/removing.html",
        {"account": account, "rule": own, "thing": looked_at(own)},
    )


PLACE = "accounts/<uuid:uid>/alerts/rules/<uuid:rule>"

urlpatterns = [
    path(f"{PLACE}/", page, name="alert_rule"),
    path(f"{PLACE}/mute/", mute, name="alert_mute"),
    path(f"{PLACE}/remove/", remove, name="alert_remove"),
]
