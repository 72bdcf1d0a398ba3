"""The adapter of django-allauth: nobody signs up without an invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the sign-up and silences the messages of django-allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: object) -> HttpResponse:
        """Refuse a deactivated person without a reason, and redirect to the sign-in page."""
        messages.warning(request, _("You can no longer enter. Ask whoever invited you."))
        return redirect("account_login")

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Add no message: the page itself shows that the person has signed in."""
