"""The calendar of renewals behind a private link: making and revoking the link, and the feed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vatio import clock
from vatio.accounts.holdings import Holding, held_by_many
from vatio.accounts.models import Account, Term
from vatio.dates import day_at, start_of, written
from vatio.formats import number
from vatio.history.models import Act
from vatio.orders import renewals
from vatio.orders.renewals import Due, Standing
from vatio.people import calendar_links
from vatio.people.models import CalendarLink
from vatio.web.renewals import icalendar
from vatio.web.renewals.icalendar import CalendarEvent
from vatio.web.shell.access import ANYBODY, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.labels import STANDINGS

SHOWN_ONCE = "calendar-link"
"""Session key of a fresh link, until the page has shown the link once."""

BEHIND, AHEAD = timedelta(days=30), timedelta(days=400)
MOST = 5_000
"""How many events a calendar holds at most: calendar programs fail on very large ones."""


@require_POST
@only(SUPERADMINISTRATOR)
def make(request: Request, slug: str) -> HttpResponse:
    """Make the person's link to the renewals of an organisation, or replace the former one."""
    token = calendar_links.make(request.organisation, by=request.user, at=clock.real())
    request.session[SHOWN_ONCE] = f"{_platform(request)}{reverse('calendar', args=[token])}"
    return redirect(reverse("renewals", args=[slug]) + "#calendar")


@require_POST
@only(SUPERADMINISTRATOR)
def take_back(request: Request, slug: str) -> HttpResponse:
    """Revoke the person's link to the renewals of an organisation."""
    calendar_links.take_back(request.organisation, by=request.user, at=clock.real())
    messages.success(request, _("The link of the calendar no longer works."))
    return redirect("renewals", slug)


@require_safe
@only(ANYBODY)
def calendar(request: Request, token: str) -> HttpResponse:
    """Return the renewals ahead as a calendar, in the language of the link's owner.

    Nobody signs in here: the secret link is the only authorisation, and for nothing else.
    """
    link = calendar_links.find(token)
    if link is None:
        return _private(HttpResponseNotFound(content_type="text/plain"))
    with translation.override(link.person.language):
        return _private(_calendar(request, link))


def _calendar(request: Request, link: CalendarLink) -> HttpResponse:
    """Return the calendar of a link, or 304 (Not Modified) if the program has this version."""
    at = clock.now()
    organisation = link.organisation
    today = day_at(at, organisation.time_zone)
    dues = renewals.listed(
        Account.objects.visible_to(link.person).filter(organisation=organisation),
        since=today - BEHIND,
        until=today + AHEAD + timedelta(days=1),
        at=at,
        size=MOST + 1,
    )
    endings = _endings(dues[:MOST], link, platform=_platform(request))
    name = _("Renewals · %(organisation)s") % {"organisation": organisation.name}
    words = _("The accounts of %(organisation)s, on the day on which each expires.") % {
        "organisation": organisation.name
    }
    if len(dues) > MOST:
        words += " " + _("Only the next %(most)s are here: the page «Renewals» has all.") % {
            "most": number(MOST)
        }
    changed = int(_changed_at(dues, link, at=at).timestamp())
    etag = quote_etag(icalendar.tag(name, words, endings))
    answer = HttpResponse(
        content_type="text/calendar; charset=utf-8",
        headers={
            "ETag": etag,
            "Last-Modified": http_date(changed),
            "Content-Language": link.person.language,
        },
    )
    found = get_conditional_response(request, etag=etag, last_modified=changed, response=answer)
    if found is answer:
        answer.content = icalendar.write(name, words, endings)
    return found or answer


def _endings(dues: list[Due], link: CalendarLink, *, platform: str) -> list[CalendarEvent]:
    """Build an event for each end; the number of queries does not depend on how many there are."""
    held = held_by_many((due.id, due.last_day) for due in dues)
    own = Term.objects.visible_to(link.person).filter(organisation=link.organisation)
    closed = own.filter(pk__in=[each.term_id for each in held.values()], closed_on__isnull=False)
    moved = set(closed.values_list("pk", flat=True))
    acts = Act.objects.visible_to(link.person).filter(account_id__in=[due.id for due in dues])
    latest = dict(
        acts.values("account_id").annotate(Max("at")).values_list("account_id", "at__max")
    )
    return [
        _ending(
            due,
            held[due.id],
            revised_at=latest.get(due.id, due.account.created_at),
            has_moved=held[due.id].term_id in moved,
            platform=platform,
        )
        for due in dues
        if due.id in held
    ]


def _ending(
    due: Due, holding: Holding, *, revised_at: datetime, has_moved: bool, platform: str
) -> CalendarEvent:
    account = due.account
    address = platform + reverse("account", args=[account.uid])
    return CalendarEvent(
        uid=f"term-{holding.term_id}@{urlsplit(platform).hostname}",
        day=due.due_on,
        summary=_summary(due),
        lines=(
            _("Client: %(client)s") % {"client": account.client},
            _("Licence: %(licence)s") % {"licence": holding.licence},
            str(STANDINGS[due.standing]),
            address,
        ),
        category=str(STANDINGS[due.standing]),
        address=address,
        revised_at=revised_at,
        moves=int(has_moved),
    )


def _summary(due: Due) -> str:
    if due.standing == Standing.RENEWED and due.account.covered_until is not None:
        return _("%(account)s renewed, until %(day)s") % {
            "account": due.account.name,
            "day": written(due.account.covered_until),
        }
    return _("%(account)s expires") % {"account": due.account.name}


def _changed_at(dues: Iterable[Due], link: CalendarLink, *, at: datetime) -> datetime:
    """Return when the calendar last changed: at the latest act or the latest local midnight.

    A new day counts because the range of days moves with it; never a moment in the future."""
    time_zones = {link.organisation.time_zone, *(due.account.time_zone for due in dues)}
    acts = Act.objects.visible_to(link.person).filter(organisation=link.organisation)
    last = acts.order_by("-at", "-id").values_list("at", flat=True).first()
    moments = [start_of(day_at(at, time_zone), time_zone) for time_zone in time_zones]
    return min(max(*moments, link.made_at, last or link.made_at), clock.real())


def _platform(request: Request) -> str:
    """Return the public address of the platform."""
    return str(settings.PUBLIC_URL) or f"{request.scheme}://{request.get_host()}"


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the response of a secret address out of shared caches, referrers and search engines."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


urlpatterns = [
    path("o/<slug:slug>/renewals/link/", make, name="calendar_make"),
    path("o/<slug:slug>/renewals/link/take-back/", take_back, name="calendar_take_back"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
]
