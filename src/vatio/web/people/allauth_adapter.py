"""The adapter of django-allauth: no sign-up without an invitation, and few guesses."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from vatio import clock
from vatio.people.rate_limits import TooOften
from vatio.tenants.models import Person
from vatio.web.people import attempts

TOO_OFTEN = "too_often"
"""The code of the form's error when a limit is reached."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the sign-up, limits attempts, and silences the messages of django-allauth."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return the person with these credentials, unless that was tried too often."""
        try:
            attempt = attempts.begin(
                attempts.SIGN_IN, request, credentials.get("email", ""), at=clock.real()
            )
        except TooOften as refused:
            raise ValidationError(
                str(refused), code=TOO_OFTEN, params={"wait": refused.wait}
            ) from None
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None:
            attempt.succeeded()
        return person

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: object) -> HttpResponse:
        """Refuse a deactivated person without a reason, and redirect to the sign-in page."""
        messages.warning(request, _("You can no longer enter. Ask whoever invited you."))
        return redirect("account_login")

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Add no message: the page itself shows that the person has signed in."""
