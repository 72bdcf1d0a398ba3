"""«Avisos»: a person's news, each leading to what it is about; read, unread, all at once."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vatio import clock, pagination
from vatio.formats import number as written
from vatio.keys import parse_key
from vatio.notices import reading
from vatio.notices.standing import notices_of, unread_of
from vatio.notifications.labels import NEWS
from vatio.notifications.news import NewsKind
from vatio.notifications.rendering import title_of
from vatio.web.shell.access import SIGNED_IN, Request, only
from vatio.web.shell.redirects import back_to


@only(SIGNED_IN)
def listing(request: Request) -> HttpResponse:
    """Show the notices, the newest first: all of them or those unread, of a kind or of any."""
    person = request.user
    only_unread = request.GET.get("show") == "unread"
    kind = request.GET.get("kind", "")
    found = unread_of(person) if only_unread else notices_of(person)
    if kind in NewsKind.values:
        found = found.filter(news=kind)
    page = pagination.page(found, order=["-queued_at", "-id"], parameters=request.GET)
    language = request.LANGUAGE_CODE or ""
    kept = {"kind": kind} if kind in NewsKind.values else {}
    return render(
        request,
        "notices/list.html",
        {
            "page": page,
            "titles": {each.pk: title_of(each, language=language) for each in page.rows},
            "newest": unread_of(person).aggregate(newest=Max("pk"))["newest"],
            "only_unread": only_unread,
            "tabs": {
                "all": f"?{urlencode(kept)}",
                "unread": f"?{urlencode({'show': 'unread', **kept})}",
            },
            "kind": kept.get("kind", ""),
            "kinds": NEWS,
        },
    )


@only(SIGNED_IN)
def notice(request: Request, number: int) -> HttpResponse:
    """Mark a notice as read, and lead to what it is about."""
    opened = get_object_or_404(notices_of(request.user), pk=number)
    reading.mark_read(opened, at=clock.now())
    target = opened.context.get("path", "")
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return redirect(target if is_own else "notices")


@require_POST
@only(SIGNED_IN)
def mark(request: Request) -> HttpResponse:
    """Mark one notice as read or as unread, as the pressed button says."""
    wanted = "unread" if "unread" in request.POST else "read"
    key = parse_key(request.POST.get(wanted))
    marked = get_object_or_404(notices_of(request.user), pk=key)
    if wanted == "unread":
        reading.mark_unread(marked)
    else:
        reading.mark_read(marked, at=clock.now())
    return redirect(back_to(request.POST, reverse("notices")))


@require_POST
@only(SIGNED_IN)
def mark_all(request: Request) -> HttpResponse:
    """Mark as read all that were there when the page was shown: «Marcar todo como leído»."""
    at = clock.now()
    shown = parse_key(request.POST.get("newest"))
    marked = reading.mark_all_read(request.user, newest=shown, at=at)
    if marked:
        words = ngettext(
            "%(num)s notice is marked as read.", "%(num)s notices are marked as read.", marked
        )
        tags = f"unread {at.isoformat()}"
        messages.success(request, words % {"num": written(marked)}, extra_tags=tags)
    return redirect(back_to(request.POST, reverse("notices")))


@require_POST
@only(SIGNED_IN)
def undo(request: Request) -> HttpResponse:
    """Mark as unread again what was marked all at once: «Deshacer»."""
    read_at = _instant(request.POST.get("read_at", ""))
    if read_at is not None and reading.undo(request.user, read_at=read_at):
        messages.success(request, _("They are unread again."))
    return redirect(back_to(request.POST, reverse("notices")))


def _instant(text: str) -> datetime | None:
    try:
        read_at = parse_datetime(text)
    except ValueError:
        return None
    return read_at if read_at is not None and read_at.tzinfo is not None else None


urlpatterns = [
    path("notices/", listing, name="notices"),
    path("notices/<int:number>/", notice, name="notice"),
    path("notices/mark/", mark, name="notice_mark"),
    path("notices/mark-all/", mark_all, name="notices_mark_all"),
    path("notices/undo/", undo, name="notices_undo"),
]
