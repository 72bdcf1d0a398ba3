"""The link of a new invitation, which the page that made it shows once."""

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext as _

from vatio.people.models import OneTimeLink
from vatio.tenants.addresses import in_letters
from vatio.web.shell.access import Request

SHOWN_ONCE = "invitation-link"
"""Session key of a new invitation's link, until a page has shown the link once."""


def announce(link: OneTimeLink, token: str, *, request: Request) -> None:
    """Keep the address of a new invitation for the next page, with a message that it is ready."""
    request.session[SHOWN_ONCE] = request.build_absolute_uri(reverse("invitation", args=[token]))
    messages.success(
        request, _("Invitation for %(email)s is ready.") % {"email": in_letters(link.email)}
    )


def shown(session: SessionBase) -> str:
    """Return the address of the invitation that was just made, once; empty if none was."""
    return str(session.pop(SHOWN_ONCE, ""))
