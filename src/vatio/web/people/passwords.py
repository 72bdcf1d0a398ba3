"""Forms to choose a password, checked by Django's password validators."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vatio.web.shell.fields import AddressField, NameField


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput, max_length=200, strip=False
    )
    again = forms.CharField(
        label=_("The password again"), widget=forms.PasswordInput, max_length=200, strip=False
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", ValidationError(_("The two passwords are not the same.")))
        return cleaned


class NewcomerForm(PasswordForm):
    """The name and password of a new person."""

    name = NameField(label=_("Name"), max_length=120)

    field_order = ["name", "password", "again"]


class FirstPersonForm(NewcomerForm):
    """The first person's name, e-mail address and password."""

    email = AddressField(label=_("E-mail address"))

    field_order = ["name", "email", "password", "again"]
