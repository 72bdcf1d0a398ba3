"""«Crear una nueva cuenta»: the form of an opening, and its consequence beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.labels import SECTORS
from vatio.accounts.opening import (
    LEAST_MONTHS,
    MOST_MONTHS,
    Project,
    check_totals,
    ensure_free_name,
    first_term,
)
from vatio.catalogue.models import LicenceVersion
from vatio.keys import parse_uuid
from vatio.orders.submitting import AlreadySent, Opening, submit_opening
from vatio.refusal import Refused
from vatio.tenants.models import Organisation
from vatio.units import Unit, sold_units
from vatio.web.shell.access import SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import (
    AddressField,
    NameField,
    NifField,
    UnitsForm,
    WholeNumber,
    clean_text,
    time_zone_choices,
)

USUAL_MONTHS = 12


class OpeningForm(UnitsForm):
    """The fields of a new account; an empty quantity means what the licence includes."""

    account_name = NameField(label=gettext_lazy("Account name"), max_length=120)
    client = NameField(label=gettext_lazy("Client name"), max_length=120)
    nif = NifField(label="NIF", max_length=20, required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"))
    licence = forms.ModelChoiceField(
        label=gettext_lazy("Type of licence"),
        queryset=LicenceVersion.objects.published(),
        to_field_name="uid",
    )
    months = WholeNumber(
        label=gettext_lazy("Period (months)"), least=LEAST_MONTHS, most=MOST_MONTHS
    )
    sms_credits = WholeNumber(label=gettext_lazy("SMS credits"), required=False)
    contact_email = AddressField(label=gettext_lazy("Contact e-mail"), required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zone_choices)
    reference = NameField(label=gettext_lazy("Your reference"), max_length=60, required=False)
    comments = forms.CharField(
        label=gettext_lazy("Comments"),
        max_length=4000,
        required=False,
        widget=forms.Textarea,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ["account_name", "client", "nif", "sector", "licence", *Unit]

    @staticmethod
    def words_of(unit: Unit) -> Promise | str:
        return unit.in_full

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        choices = [("", _("Choose one")), *SECTORS.items()]
        self.fields["sector"].choices = choices  # type: ignore[attr-defined]
        licence = self.fields["licence"]
        licence.error_messages["invalid_choice"] = _(
            "This licence is no longer offered. Choose another one."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            clean_text(cleaned.get("comments", ""))
        except forms.ValidationError as error:
            self.add_error("comments", error)
        self._foresee_refusals(cleaned)
        return cleaned

    def _foresee_refusals(self, cleaned: dict[str, Any]) -> None:
        """Add what the rule would refuse to the form's errors; the rule decides all the same."""
        checks: list[Callable[[], object]] = []
        if cleaned.get("licence"):
            asked = self.quantities()
            checks.append(lambda: check_totals(cleaned["licence"], asked))
        if cleaned.get("account_name") and self.organisation is not None:
            organisation, name = self.organisation, cleaned["account_name"]
            checks.append(lambda: ensure_free_name(organisation, name))
        for check in checks:
            try:
                check()
            except Refused as refused:
                self.add_error(refused.field, str(refused))

    def opening(self) -> Opening:
        """Return the cleaned values as the `Opening` that the rule takes."""
        written = self.cleaned_data
        return Opening(
            project=Project(
                account_name=written["account_name"],
                client=written["client"],
                nif=written["nif"],
                sector=written["sector"],
                contact_email=written["contact_email"],
                time_zone=written["time_zone"],
            ),
            version=written["licence"],
            asked=self.quantities(),
            months=written["months"],
            sms_credits=written["sms_credits"] or 0,
            reference=written["reference"],
            comments=written["comments"].strip(),
        )


@dataclass(frozen=True)
class Foreseen:
    """What the account would be if the order were accepted today, shown beside the form."""

    version: LicenceVersion
    totals: dict[Unit, int]
    defaults: dict[Unit, int]
    months: int
    ends_on: date
    sms_credits: int
    is_wrong: bool


def foresee(form: OpeningForm, organisation: Organisation, *, at: datetime) -> Foreseen | None:
    """Compute the consequence of the current values of the form; None without a licence.

    An empty or unreadable quantity counts as what the licence includes."""
    version = _version(form["licence"].value())
    if version is None:
        return None
    defaults = _included(version)
    names = (*defaults, "months", "sms_credits")
    readable = form.numbers_so_far(names)
    written = {name: number for name, number in readable.items() if number is not None}
    totals = {unit: written.get(unit, least) for unit, least in defaults.items()}
    months = min(max(written.get("months", USUAL_MONTHS), LEAST_MONTHS), MOST_MONTHS)
    _starts_on, ends_on = first_term(months, time_zone=organisation.time_zone, at=at)
    return Foreseen(
        version=version,
        totals=totals,
        defaults=defaults,
        months=months,
        ends_on=ends_on,
        sms_credits=written.get("sms_credits", 0),
        is_wrong=any(total < defaults[unit] for unit, total in totals.items())
        or len(readable) < len(names),
    )


def follow_licence(written: Mapping[str, str]) -> dict[str, str]:
    """Return the quantities to show once another licence is chosen.

    A field that is empty, or still holds what the former licence included, follows the new
    licence; what somebody wrote stays. `filled` is the licence that the fields follow now.
    """
    version = _version(written.get("licence"))
    if version is None:
        return {}
    included, untouched = _included(version), _untouched(written)
    fields = {"filled": str(version.uid)}
    for unit in Unit:
        if unit not in included:
            fields[unit] = ""
        elif unit in untouched or not written.get(unit, "").strip():
            fields[unit] = str(included[unit])
        else:
            fields[unit] = written[unit]
    return fields


def written_by_hand(sent: Mapping[str, str]) -> dict[str, str]:
    """Return a form as it was sent, without what was only filled in for another licence.

    Whoever chooses a licence and sends the form at once is faster than the fields that follow
    the choice: those are left empty, which means what the licence includes.
    """
    if not sent.get("filled") or sent["filled"] == sent.get("licence"):
        return dict(sent)
    return {**sent, **dict.fromkeys(_untouched(sent), "")}


def _untouched(written: Mapping[str, str]) -> set[Unit]:
    """Return the units whose field still holds what the licence named by `filled` includes."""
    before = _version(written.get("filled"))
    filled = _included(before) if before else {}
    return {unit for unit, own in filled.items() if written.get(unit, "").strip() == str(own)}


def _version(uid: object) -> LicenceVersion | None:
    known = parse_uuid(uid)
    if known is None:
        return None
    return LicenceVersion.objects.published().select_related("licence").filter(uid=known).first()


def _included(version: LicenceVersion) -> dict[Unit, int]:
    """Return what a licence includes of the units that it sells."""
    return {unit: version.defaults[unit] or 0 for unit in sold_units(version.billing)}


@only(SUPERADMINISTRATOR)
def new(request: Request, slug: str) -> HttpResponse:
    """Submit an order for a new account."""
    at = clock.now()
    versions = list(
        LicenceVersion.objects.published()
        .select_related("licence")
        .order_by("billing", "meters", "data_points", "id")
    )
    versions.sort(key=lambda version: version.billing != "MTR")
    form = OpeningForm(
        written_by_hand(request.POST.dict()) or None,
        organisation=request.organisation,
        initial={
            "months": USUAL_MONTHS,
            "time_zone": request.organisation.time_zone,
            "token": uuid4(),
            "licence": versions[0].uid if versions else None,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            order = submit_opening(
                request.organisation,
                form.opening(),
                token=form.cleaned_data["token"],
                by=request.user,
                at=at,
            )
        except AlreadySent as refused:
            form.add_error(None, str(refused))
            form.data = {**form.data, "token": uuid4()}
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(
                request,
                _("Order %(number)s sent: the commercial department will review it.")
                % {"number": order.number},
            )
            return redirect("orders", slug)
    return render(
        request,
        "orders/opening.html",
        {
            "form": form,
            "versions": versions,
            "filled": form["licence"].value() if form.errors else "",
            "foreseen": foresee(form, request.organisation, at=at),
        },
        status=422 if form.errors else 200,
    )


@only(SUPERADMINISTRATOR)
def foreseen(request: Request, slug: str) -> HttpResponse:
    """Render the consequence of the current values of the form (a partial).

    Once another licence is chosen, the fields that follow it come as an out-of-band swap."""
    written = request.GET.dict()
    licence = written.get("licence", "")
    fields = follow_licence(written) if written.get("filled") != licence else {}
    form = OpeningForm(organisation=request.organisation, initial={**written, **fields})
    return render(
        request,
        "orders/foreseen.html",
        {
            "form": form,
            "filled": fields.get("filled"),
            "foreseen": foresee(form, request.organisation, at=clock.now()),
        },
    )


urlpatterns = [
    path("o/<slug:slug>/accounts/new/", new, name="account_new"),
    path("o/<slug:slug>/accounts/new/foreseen/", foreseen, name="account_new_foreseen"),
]
