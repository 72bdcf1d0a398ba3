"""The forms that add a calculated series and change what it adds up from a day on."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import day_at
from vatio.metering import calculating
from vatio.metering.calculated_terms import ShownVersion, shown_versions
from vatio.metering.calculating import MOST_FACTOR, MOST_TERMS, PLACES, TermDetails
from vatio.metering.models import CalculatedSeries, DataPoint
from vatio.web.metering.choosing import ThingField, data_points_of, identity_of
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.metering.found import calculated_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import DayField, DecimalNumber, NameField, parse_day

SIGNS = {"+": 1, "-": -1}
FIRST_ROWS, SPARE_ROWS = 3, 1
"""How many rows a new series begins with, and how many empty ones stand under known terms."""

MORE = "more"
"""The name of the button that asks for another row."""


class TermRow(forms.Form):
    """A term: a data point, its sign and its factor; without a data point it is none."""

    term = ThingField[DataPoint](
        label=gettext_lazy("Term"), nothing=gettext_lazy("Choose one"), required=False
    )
    sign = forms.ChoiceField(
        label=gettext_lazy("Sign"), choices=[("+", "+"), ("-", "−")], required=False
    )
    factor = DecimalNumber(
        label=gettext_lazy("Factor"), most=MOST_FACTOR, places=PLACES, required=False
    )

    def clean(self) -> dict[str, Any]:
        written = super().clean() or self.cleaned_data
        factor = written.get("factor")
        if factor == 0:
            self.add_error("factor", ValidationError(_("Write a factor above zero.")))
        if "term" in written and not written["term"] and factor not in (None, 0, 1):
            self.add_error("term", ValidationError(_("Choose what has this factor.")))
        return written


class CalculatedForm(ThingForm):
    """A calculated series: its name, the day from which on it adds up, and rows of terms."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    since = DayField(
        label=gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy("Leave it empty to add up from the first reading on."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        account: Account,
        initial: Mapping[str, Any],
        rows: Sequence[Mapping[str, Any]],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.points = data_points_of(account)
        known = written_rows(data) if data is not None else rows
        self.rows = [self._row(data, place, each) for place, each in enumerate(known)]

    def _row(self, data: QueryDict | None, place: int, initial: Mapping[str, Any]) -> TermRow:
        row = TermRow(data, prefix=prefix_of(place), initial=dict(initial))
        row.fields["term"].offer(self.points)  # type: ignore[attr-defined]
        return row

    def meters(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the data points to choose from, those of each meter under its name."""
        groups = dict[int, tuple[str, list[tuple[str, str]]]]()
        for point, label in self.points.items():
            meter = point.meter
            heading = " · ".join(filter(None, (meter.name, identity_of(meter))))
            groups.setdefault(meter.pk, (heading, []))[1].append((str(point.uid), label))
        return list(groups.values())

    def is_valid(self) -> bool:
        rows = [row.is_valid() for row in self.rows]
        return super().is_valid() and all(rows)

    def faults(self) -> list[tuple[str, str]]:
        """Return what is wrong in words, each with the id of its field, if it is about one."""
        fields = [("", bound) for bound in self]
        for place, row in enumerate(self.rows, start=1):
            fields += [(f"{place} · ", bound) for bound in row]
        beside = [
            (bound.auto_id, f"{before}{bound.label}: {bound.errors[0]}")
            for before, bound in fields
            if bound.errors
        ]
        return [*(("", str(error)) for error in self.non_field_errors()), *beside]

    def terms(self) -> list[TermDetails]:
        """Return the terms of a valid form."""
        written = [row.cleaned_data for row in self.rows]
        return [
            TermDetails(each["term"], SIGNS[each["sign"] or "+"], each["factor"] or Decimal(1))
            for each in written
            if each["term"]
        ]


def prefix_of(place: int) -> str:
    """Return the prefix of the names of a row's fields."""
    return f"row{place}"


def written_rows(data: QueryDict) -> list[dict[str, str]]:
    """Return the rows of a form as they were sent, at most one more than there may be terms."""
    rows = list[dict[str, str]]()
    while len(rows) <= MOST_TERMS and f"{prefix_of(len(rows))}-term" in data:
        before = prefix_of(len(rows))
        rows.append({name: data.get(f"{before}-{name}", "") for name in TermRow.base_fields})
    return rows


def empty_rows(count: int) -> list[dict[str, Any]]:
    """Return rows in which nothing is chosen yet."""
    return [{"term": "", "sign": "+", "factor": Decimal(1)} for _each in range(count)]


def rows_of(version: ShownVersion) -> list[dict[str, Any]]:
    """Return the rows of the terms of a version, and a spare one."""
    rows: list[dict[str, Any]] = [
        {
            "term": str(each.data_point.uid),
            "sign": "+" if each.sign > 0 else "-",
            "factor": each.factor,
        }
        for each in version.terms
    ]
    return rows + empty_rows(SPARE_ROWS)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a calculated series; another row of a term is asked for before it is saved."""
    account = enter(request, to_change=True).account
    form = _form(request, account, initial={}, rows=empty_rows(FIRST_ROWS))
    if form.is_valid():
        made = form.attempt(
            lambda: calculating.add_calculated(
                account,
                **form.cleaned_data,
                terms=form.terms(),
                by=request.user,
                at=clock.now(),
            )
        )
        if made:
            messages.success(request, _("Calculated series added: %(name)s") % {"name": made.name})
            return redirect("calculated", uid, made.uid)
    return _show(request, account, form, title=_("Add a calculated series"))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change a calculated series from a day on: `?since=` that of a version, else today."""
    account = enter(request, to_change=True).account
    series = calculated_of(account, thing, request.user)
    name = series.name
    today = day_at(clock.now(), account.time_zone)
    day = parse_day(request.GET["since"]) if "since" in request.GET else today
    rows = rows_of(version_on(series, day))
    form = _form(request, account, initial={"name": name, "since": day}, rows=rows)
    if form.is_valid():
        changed = form.attempt(
            lambda: calculating.change_calculated(
                series,
                **form.cleaned_data,
                terms=form.terms(),
                by=request.user,
                at=clock.now(),
            )
        )
        if changed:
            messages.success(
                request, _("Calculated series changed: %(name)s") % {"name": changed.name}
            )
            return redirect("calculated", uid, thing)
    title = _("Change %(name)s") % {"name": name}
    says = _("The days before stay as they were; a version of the same day is replaced.")
    return _show(
        request, account, form, title=title, says=[says], above=(name, "calculated", thing)
    )


def version_on(series: CalculatedSeries, day: date | None) -> ShownVersion:
    """Return the version of a series that is valid on a day, or else the first one."""
    versions = shown_versions(series)
    valid = (each for each in versions if day is not None and each.is_valid_on(day))
    return next(valid, versions[0])


def _form(
    request: Request,
    account: Account,
    *,
    initial: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
) -> CalculatedForm:
    """Return the form as it is asked for, as it was sent, or with one more row than was sent."""
    if request.method != "POST":
        return CalculatedForm(None, account=account, initial=initial, rows=rows)
    if MORE not in request.POST:
        return CalculatedForm(request.POST, account=account, initial=initial, rows=rows)
    sent = {name: request.POST.get(name, "") for name in CalculatedForm.base_fields}
    more = [*written_rows(request.POST), *empty_rows(1)][:MOST_TERMS]
    return CalculatedForm(None, account=account, initial=sent, rows=more)


def _show(
    request: Request,
    account: Account,
    form: CalculatedForm,
    *,
    title: str,
    says: Sequence[str] = (),
    **known: Any,
) -> HttpResponse:
    faults = form.faults()
    response = show(
        account,
        form,
        request,
        title=title,
        says=[
            *takes(account),
            *says,
            _("Where one of them has a gap, the sum has one."),
            _("Its resolution is the coarsest of those of its terms."),
        ],
        template="metering/calculated_form.html",
        faults=faults,
        can_grow=len(form.rows) < MOST_TERMS,
        more=MORE,
        **known,
    )
    response.status_code = 422 if faults else 200
    return response


PLACE = "accounts/<uuid:uid>/installation/calculated"

urlpatterns = [
    path(f"{PLACE}/new/", new, name="calculated_new"),
    path(f"{PLACE}/<uuid:thing>/change/", change, name="calculated_change"),
]
