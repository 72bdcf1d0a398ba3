"""«Ajustar»: the commercial department corrects what was agreed, with a reason."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.adjusting import MOST_COURTESY_DAYS
from vatio.accounts.holdings import Holding
from vatio.accounts.models import Account
from vatio.entitlements import shortfall
from vatio.keys import parse_key
from vatio.portfolios.account_rows import AccountRow, account_rows
from vatio.refusal import Refused
from vatio.units import Quantities, Unit
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.fields import SignedNumber, UnitsForm, WholeNumber, clean_text
from vatio.web.shell.way_back import WayBack


class AdjustmentForm(forms.Form):
    """The fields of every adjustment: its reason and its idempotency key (`token`)."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea, required=False
    )

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_reason(self) -> str:
        return clean_text(self.cleaned_data["reason"]).strip()


class QuantitiesForm(AdjustmentForm, UnitsForm):
    """The new totals; an empty field leaves its total unchanged."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class CreditsForm(AdjustmentForm):
    """How many credits to add or, with a minus, to remove."""

    credits = SignedNumber(label=gettext_lazy("SMS credits to add or take"))


class EndForm(AdjustmentForm):
    """The earlier day on which the account is to expire."""

    on = forms.DateField(
        label=gettext_lazy("New day of expiry"), widget=forms.DateInput(attrs={"type": "date"})
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I know that its people can no longer enter from that day on"),
        error_messages={"required": gettext_lazy("Tick this to go on: it cannot be undone.")},
    )


class CourtesyForm(AdjustmentForm):
    """How many courtesy days to add."""

    days = WholeNumber(label=gettext_lazy("Courtesy days"), least=1, most=MOST_COURTESY_DAYS)


FORMS: dict[str, type[AdjustmentForm]] = {
    "quantities": QuantitiesForm,
    "credits": CreditsForm,
    "end": EndForm,
    "courtesy": CourtesyForm,
}


@only(COMMERCIAL)
def adjust(request: Request, uid: UUID) -> HttpResponse:
    """Show the adjustments of an account, one form for each, and carry out the one that is sent."""
    at = clock.now()
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("organisation"), uid=uid
    )
    (row,) = account_rows([account.pk], request.user, at=at)
    sent = request.POST.get("change", "")
    totals = dict(row.holding.totals.columns()) if row.holding else {}
    shown = {
        change: made(
            request.POST if change == sent else None,
            initial={**totals, **{unit: request.GET[unit] for unit in Unit if unit in request.GET}},
            auto_id=f"id_{change}_%s",
        )
        for change, made in FORMS.items()
    }
    form = shown.get(sent)
    if form is not None and form.is_valid():
        try:
            _carry_out(account, sent, form, request=request)
        except Refused as refused:
            known = refused.field in form.fields
            form.add_error(refused.field if known else None, str(refused))
        else:
            messages.success(request, _("The account is adjusted, and the organisation is told."))
            return redirect(WayBack(request).to_row(uid))
    return render(
        request,
        "accounts/adjust.html",
        {
            "account": account,
            "row": row,
            "forms": shown,
            "sent": sent,
            "units": Unit,
            "holders": account.roles.count(),
            "seen": totals_shown(row.holding),
            "short": _short(shown["quantities"], row),
            "tokens": {change: uuid4() for change in FORMS},
        },
        status=422 if form is not None and form.errors else 200,
    )


def _short(form: AdjustmentForm, row: AccountRow) -> list[str]:
    """Return a sentence for each unit of which the totals so far would be fewer than are used."""
    if row.holding is None or not isinstance(form, QuantitiesForm):
        return []
    totals, written = row.holding.totals, form.numbers_so_far(Unit)
    return shortfall.sentences(
        Quantities.each(
            lambda unit: None if totals[unit] is None else written.get(unit, totals[unit])
        ),
        row.used,
    )


def _carry_out(account: Account, change: str, form: AdjustmentForm, *, request: Request) -> None:
    """Call the rule of one kind of adjustment."""
    written = form.cleaned_data
    by, at, reason, token = request.user, clock.now(), written["reason"], written["token"]
    if change == "quantities":
        totals = Quantities.each(written.get)
        seen = _totals_seen(written["seen"])
        adjusting.adjust_quantities(
            account, totals, reason=reason, by=by, at=at, token=token, seen=seen
        )
    elif change == "credits":
        adjusting.adjust_credits(
            account, written["credits"], reason=reason, by=by, at=at, token=token
        )
    elif change == "end":
        adjusting.end_early(account, written["on"], reason=reason, by=by, at=at, token=token)
    else:
        adjusting.give_courtesy(account, written["days"], reason=reason, by=by, at=at, token=token)


def _totals_seen(text: str) -> list[int | None] | None:
    """Read the totals that the form showed, as `totals_shown` wrote them; None if unreadable."""
    parts = text.split("/")
    if len(parts) != len(Unit):
        return None
    return [parse_key(part) if part.isdecimal() else None for part in parts]


def totals_shown(holding: Holding | None) -> str:
    """Write the totals that a form shows, for a hidden field that the form sends back."""
    return (
        "/".join("" if each is None else str(each) for each in holding.totals.listed)
        if holding
        else ""
    )


urlpatterns = [path("accounts/<uuid:uid>/adjust/", adjust, name="account_adjust")]
