"""«Alertas» of an account: what is open, what was, and the rules that look."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.accounts.models import Account
from vatio.alerts import things
from vatio.alerts.listing import (
    SORTS,
    EpisodeFilters,
    all_rules_of,
    listed,
    narrowed,
    order_of,
    read,
    rules_of,
)
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.alerts.wording import described
from vatio.entitlements.limits import why_closed
from vatio.keys import parse_number
from vatio.pagination import Page
from vatio.tenants.folding import tidy
from vatio.web.alerts import suggesting, words
from vatio.web.alerts.entering import look, may_acknowledge
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.query_string import query_string, sort_headings

MOST_OPEN = 50
"""How many open episodes are listed above the closed ones; of more, they have pages."""

RULES_A_PAGE = 20
MOST_PAGES = 99_999
MOST_OFFERED = 300
"""How many rules the filter offers by name."""


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def alerts(request: Request, uid: UUID) -> HttpResponse:
    """Show the episodes of an account, the open ones first, and its rules."""
    at = clock.now()
    frame = look(request, at=at)
    account = frame.account
    asked = read(request.GET)
    rows = narrowed(account, asked, at=at)
    counts = rows.order_by().aggregate(
        open=Count("pk", filter=Q(ends__isnull=True)),
        closed=Count("pk", filter=Q(ends__isnull=False)),
    )
    open_rows, page = _pages(request, asked, rows)
    text = tidy(request.GET.get("rules_q", ""))
    rules, rules_page, rule_count = _rules(request, rules_of(account, text))
    shown = listed(account, rules, at=at)
    is_bare = not rule_count and not text
    return render(
        request,
        "alerts/alerts.html",
        {
            "account": account,
            "frame": frame,
            "at": at,
            "asked": asked,
            "counts": counts,
            "open_rows": open_rows,
            "page": page,
            "facts": described(account, [*open_rows, *page.rows], at=at),
            "headings": sort_headings(request.GET, asked.sort, SORTS, upwards="alert"),
            "state_urls": {
                state: query_string(request.GET, {"state": state})
                for state in ("", "open", "closed")
            },
            "offered": _offered(asked, account),
            "kinds": words.KINDS,
            "rules": [(each, words.threshold_words(each)) for each in shown],
            "rules_page": rules_page,
            "rules_text": text,
            "rule_count": rule_count,
            "suggestions": suggesting.suggestions(things.watchable(account)) if is_bare else [],
            "is_bare": is_bare,
            "has_things": not is_bare or account.meters.exists() or account.datasources.exists(),
            "may_change": frame.may_change,
            "may_acknowledge": may_acknowledge(frame, request),
            "closed": why_closed(account, at=at),
            "words": words,
        },
    )


def _pages(
    request: Request, asked: EpisodeFilters, rows: QuerySet[AlertEpisode]
) -> tuple[list[AlertEpisode], Page[AlertEpisode]]:
    """Return the open episodes and a page of the closed ones, as far as they are asked for."""
    order = order_of(asked)
    still, over = rows.filter(ends__isnull=True), rows.filter(ends__isnull=False)
    if asked.state == "open":
        return [], pagination.page(still, order=order, parameters=request.GET)
    page = pagination.page(over, order=order, parameters=request.GET)
    first = [] if asked.state else list(still.order_by(*order)[:MOST_OPEN])
    return first, page


def _rules(
    request: Request, rows: QuerySet[AlertRule]
) -> tuple[list[AlertRule], Page[AlertRule], int]:
    """Return a page of the rules, the ways to others, and how many there are."""
    count = rows.count()
    last = max(count - 1, 0) // RULES_A_PAGE
    number = min(parse_number(request.GET.get("rules", ""), most=MOST_PAGES) or 0, last)
    found = list(rows[number * RULES_A_PAGE : (number + 1) * RULES_A_PAGE])

    def place(of: int, is_there: bool) -> Mapping[str, str] | None:
        return {"rules": str(of)} if is_there else None

    page = Page(
        rows=found,
        first=place(0, number > 0),
        previous=place(number - 1, number > 0),
        next=place(number + 1, number < last),
        last=place(last, number < last),
    )
    return found, page, count


def _offered(asked: EpisodeFilters, account: Account) -> Sequence[tuple[str, str]]:
    """Return the rules that the filter offers, those that were removed as well."""
    rows = all_rules_of(account)
    known = [(str(uid), name) for uid, name in rows.values_list("uid", "name")[:MOST_OFFERED]]
    if asked.rule and str(asked.rule) not in dict(known):
        chosen = rows.filter(uid=asked.rule).values_list("uid", "name")
        known = [*((str(uid), name) for uid, name in chosen), *known]
    return known


urlpatterns = [
    path("accounts/<uuid:uid>/alerts/", alerts, name="alerts"),
]
