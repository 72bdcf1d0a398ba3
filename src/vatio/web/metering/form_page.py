"""A page with the form of one thing: what the thing takes, its refusals, and the way out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio import clock
from vatio.accounts.models import Account
from vatio.entitlements.limits import LimitReached, why_closed
from vatio.entitlements.question import Room, entitlement
from vatio.formats import joined, number
from vatio.metering.refusals import RetiredBefore
from vatio.refusal import Refused
from vatio.tenants.folding import SortKey
from vatio.tenants.models import Person
from vatio.units import Unit
from vatio.web.shell.access import Request

Made = TypeVar("Made")


class ThingForm(forms.Form):
    """The form of a thing; `groups` are its fields under their headings, all if there is none.

    `field_of` is the form's field for a field that a rule names otherwise in a refusal.
    """

    groups: Sequence[tuple[Promise | str, Sequence[str]]] = ()
    field_of: Mapping[str, str] = {}
    refused: Refused | None = None

    def grouped(self) -> list[tuple[Promise | str, list[forms.BoundField]]]:
        """Return the visible fields under their headings."""
        groups = self.groups or [("", list(self.fields))]
        return [(heading, [self[name] for name in names]) for heading, names in groups]

    def attempt(self, act: Callable[[], Made]) -> Made | None:
        """Carry out a rule; if it refuses, keep the refusal beside its field and return None."""
        try:
            return act()
        except Refused as refused:
            self.refused = refused
            field = self.field_of.get(refused.field, refused.field)
            self.add_error(field if field in self.fields else None, str(refused))
            return None


def show(
    account: Account,
    form: ThingForm,
    request: Request,
    *,
    title: str,
    says: Sequence[str] = (),
    template: str = "metering/form.html",
    **known: Any,
) -> HttpResponse:
    """Render a form, with what was refused and what can be done about it.

    :param says: what the thing takes, in sentences.
    """
    refused = form.refused
    return render(
        request,
        template,
        {
            "account": account,
            "form": form,
            "title": title,
            "says": says,
            "closed": why_closed(account, at=clock.now()),
            "retired": refused.thing if isinstance(refused, RetiredBefore) else None,
            **ways_out(account, refused, request.user),
            **known,
        },
        status=422 if form.errors else 200,
    )


def ways_out(account: Account, refused: Refused | None, person: Person) -> dict[str, object]:
    """Return, of a limit that was reached, who may ask for more; nothing of other refusals."""
    if not isinstance(refused, LimitReached):
        return {"limit": "", "leads": False, "leaders": ""}
    leaders = Person.objects.filter(
        memberships__organisation=account.organisation_id, is_active=True
    )
    names = leaders.order_by(SortKey("name")).values_list("name", flat=True)
    return {
        "limit": str(refused),
        "leads": account.organisation.is_led_by(person),
        "leaders": joined(names) if names else account.organisation.name,
    }


def takes(account: Account, *units: Unit) -> list[str]:
    """Return in sentences what a thing takes that takes one of each of these units."""
    rooms = entitlement(account, at=clock.now()).rooms
    return [taken_words(unit, 1, rooms[unit]) for unit in units] or [
        _("It takes none of what is contracted.")
    ]


def taken_words(unit: Unit, count: int, room: Room) -> str:
    """Return in a sentence what is taken of a unit, and how many are left before that."""
    what = unit.plural(count) % {"n": number(count)}
    if room.left is None:
        return _("It takes %(what)s; the licence sets no limit.") % {"what": what}
    left = max(room.left, 0)
    words = ngettext(
        "It takes %(what)s: %(left)s of %(held)s is left.",
        "It takes %(what)s: %(left)s of %(held)s are left.",
        left,
    )
    return words % {"what": what, "left": number(left), "held": number(room.held or 0)}
