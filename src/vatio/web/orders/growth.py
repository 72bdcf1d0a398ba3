"""«Ampliar» and «Licencia»: orders of an expansion or of a better licence."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts import growth
from vatio.accounts.growth import AffectedTerms
from vatio.accounts.models import Account, SmsWallet
from vatio.catalogue.models import LicenceVersion
from vatio.entitlements import shortfall
from vatio.formats import joined
from vatio.orders.consequences import Difference, expanded
from vatio.orders.models import Order
from vatio.orders.submitting import Added, submit_expansion, submit_upgrade
from vatio.refusal import Refused
from vatio.units import Quantities, Unit
from vatio.web.orders.consequences import rises
from vatio.web.shell.access import SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import NameField, UnitsForm, WholeNumber, clean_text
from vatio.web.shell.way_back import WayBack


class SaidForm(forms.Form):
    """The optional fields of every order of growth."""

    reference = NameField(label=gettext_lazy("Your reference"), max_length=60, required=False)
    comments = forms.CharField(
        label=gettext_lazy("Comments"), max_length=4000, required=False, widget=forms.Textarea
    )

    def clean_comments(self) -> str:
        return clean_text(self.cleaned_data["comments"]).strip()


class ExpansionForm(SaidForm, UnitsForm):
    """How many of each unit to add; the page shows only the units of the account's billing.

    The other units are read too, so that one sent by hand is refused, not ignored.
    """

    sms_credits = WholeNumber(label=gettext_lazy("SMS credits to add"), required=False)

    @staticmethod
    def words_of(unit: Unit) -> Promise | str:
        return unit.to_add

    def added(self) -> Added:
        """Return the cleaned values as the `Added` that the rule takes."""
        written = self.cleaned_data
        return Added(
            asked=self.quantities(),
            sms_credits=written["sms_credits"] or 0,
            reference=written["reference"],
            comments=written["comments"],
        )


class UpgradeForm(SaidForm):
    """Which licence the account should have."""

    licence = forms.ModelChoiceField(
        label=gettext_lazy("New licence"),
        queryset=LicenceVersion.objects.published(),
        to_field_name="uid",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        errors = self.fields["licence"].error_messages
        errors["required"] = _("Choose the licence that the account should have.")
        errors["invalid_choice"] = _("This licence is no longer offered. Choose another one.")


@only(SUPERADMINISTRATOR)
def expand(request: Request, uid: UUID) -> HttpResponse:
    """Submit an order for more meters, CUPS, data points, lines or credits."""
    at = clock.now()
    account, open_one = _account(request, uid, Order.Kind.EXPANSION)
    if open_one is not None:
        return redirect("order", open_one.uid)
    try:
        affected = growth.affected_terms(account, at=at)
    except Refused as refused:
        return _refuse(request, account, refused)
    form = ExpansionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            order = submit_expansion(account, form.added(), by=request.user, at=at)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return _sent(request, order)
    return render(
        request,
        "orders/expand.html",
        {
            "account": account,
            "form": form,
            **_foreseen(request, account, form, affected),
        },
        status=422 if form.errors else 200,
    )


@only(SUPERADMINISTRATOR)
def expand_foreseen(request: Request, uid: UUID) -> HttpResponse:
    """Render the consequence of the expansion from the current values of the form (a partial)."""
    account, _open_one = _account(request, uid, Order.Kind.EXPANSION)
    try:
        affected = growth.affected_terms(account, at=clock.now())
    except Refused:
        return HttpResponse(status=204)
    form = ExpansionForm(initial=request.GET.dict())
    return render(request, "orders/grown.html", _foreseen(request, account, form, affected))


def _foreseen(
    request: Request, account: Account, form: ExpansionForm, affected: AffectedTerms
) -> dict[str, object]:
    """Return the context of the consequence: each unit before and after, and a sentence of both."""
    written = form.numbers_so_far([*Unit, "sms_credits"])
    added = Quantities.each(lambda unit: written.get(unit) or 0)
    grown = expanded(affected.holding, added)
    balance = SmsWallet.objects.visible_to(request.user).get(account=account).balance
    credits = Difference(balance, balance + (written.get("sms_credits") or 0))
    says = joined(rises(grown, credits)) or _("Nothing added yet")
    return {
        "affected": affected,
        "grown": grown,
        "short": shortfall.sentences(
            affected.holding.totals.plus(added), shortfall.used_by(account)
        ),
        "credits": credits,
        "says": says[0].upper() + says[1:],
    }


@only(SUPERADMINISTRATOR)
def upgrade(request: Request, uid: UUID) -> HttpResponse:
    """Submit an order for a better licence."""
    at = clock.now()
    account, open_one = _account(request, uid, Order.Kind.UPGRADE)
    if open_one is not None:
        return redirect("order", open_one.uid)
    try:
        affected = growth.affected_terms(account, at=at)
    except Refused as refused:
        return _refuse(request, account, refused)
    form = UpgradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        try:
            order = submit_upgrade(
                account,
                written["licence"],
                reference=written["reference"],
                comments=written["comments"],
                by=request.user,
                at=at,
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return _sent(request, order)
    offered = growth.better(account, affected.holding)
    used = shortfall.used_by(account)
    return render(
        request,
        "orders/upgrade.html",
        {
            "account": account,
            "form": form,
            "affected": affected,
            "days_left": (affected.holding.ends_on - affected.holding.day).days,
            "offered": [(version, affected.holding.under(version)) for version in offered],
            "short": {
                version.pk: shortfall.sentences(affected.holding.under(version), used)
                for version in offered
            },
        },
        status=422 if form.errors else 200,
    )


def _account(request: Request, uid: UUID, kind: Order.Kind) -> tuple[Account, Order | None]:
    """Return an account of an organisation that the person leads, and its open order of a kind."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user)
        .led_by(request.user)
        .select_related("organisation"),
        uid=uid,
    )
    request.organisation = account.organisation
    open_one = Order.objects.visible_to(request.user).open().filter(account=account, kind=kind)
    return account, open_one.first()


def _refuse(request: Request, account: Account, refused: Refused) -> HttpResponse:
    messages.warning(request, str(refused), extra_tags=f"row {account.uid}")
    return redirect(WayBack(request).to_row(account.uid))


def _sent(request: Request, order: Order) -> HttpResponse:
    messages.success(
        request,
        _("Order %(number)s sent: the commercial department will review it.")
        % {"number": order.number},
    )
    return redirect(WayBack(request).url or reverse("order", args=[order.uid]))


urlpatterns = [
    path("accounts/<uuid:uid>/expand/", expand, name="account_expand"),
    path("accounts/<uuid:uid>/expand/foreseen/", expand_foreseen, name="account_expand_foreseen"),
    path("accounts/<uuid:uid>/licence/", upgrade, name="account_upgrade"),
]
