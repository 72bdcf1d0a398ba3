"""How django-allauth behaves here: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Lets people in only by invitation, and keeps its own notices to itself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: object) -> HttpResponse:
        """Say to somebody who no longer has a place here no more than that it does not work."""
        messages.warning(request, _("You can no longer enter. Ask whoever invited you."))
        return redirect("account_login")

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: that somebody signed in can be seen."""
