"""Reads the search, the filters, the sort and the page of the list of all RTC lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat

from vatio import pagination
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.collection.watching.standing import NO_CALL, LineStanding, with_standing
from vatio.metering.models import RtcLine
from vatio.tenants.folding import Fold, fold_in_database, tidy
from vatio.tenants.models import Organisation, Person

WHY = tuple(each for each in CallOutcome if each not in (*ANSWERED, *NO_CALL))
"""How a call can fail: what the list can be narrowed to."""

NEVER, LAST_OF_ALL = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""What a line is sorted by that was never called, and one that is not failing."""

SORTS: Mapping[str, Any] = {
    "organisation": F("organisation__name_sorted"),
    "account": F("account__name_sorted"),
    "name": F("supply_point__name_sorted"),
    "transport": Coalesce(F("settings__transport"), Value(""), output_field=CharField()),
    "read": Coalesce(F("read_until"), Value(date(1970, 1, 1))),
    "called": Coalesce(F("last_called_at"), Value(NEVER)),
    "outcome": Coalesce(F("last_outcome"), Value(""), output_field=CharField()),
    "failing": Coalesce(F("failing_since"), Value(LAST_OF_ALL)),
}
"""What the list can be sorted by; none of them is ever null."""

USUAL = "failing"
"""Those that have failed for longest come first."""


@dataclass(frozen=True)
class LineFilters:
    """The filters and the sort, parsed from the parameters; invalid ones are ignored."""

    text: str
    standing: str
    why: str
    organisation: Organisation | None
    sort: str

    @property
    def narrows(self) -> bool:
        """Whether any filter is set, whatever the sort."""
        return bool(self.text or self.standing or self.why or self.organisation)

    @property
    def order(self) -> list[str]:
        """The columns to sort by."""
        return ["-sorted", "-id"] if self.sort.startswith("-") else ["sorted", "id"]


def read(parameters: Mapping[str, str], person: Person) -> LineFilters:
    """Parse the filters and the sort of the list."""
    standing, why = parameters.get("state", ""), parameters.get("why", "")
    slug, sort = parameters.get("organisation", ""), parameters.get("sort", "")
    organisations = Organisation.objects.visible_to(person)
    return LineFilters(
        text=tidy(parameters.get("q", "")),
        standing=standing if standing in LineStanding.values else "",
        why=why if why in WHY else "",
        organisation=organisations.filter(slug=slug).first() if slug else None,
        sort=sort if sort.removeprefix("-") in SORTS else USUAL,
    )


def counted(lines: QuerySet[RtcLine], *, at: datetime) -> dict[str, int]:
    """Return how many lines stand in each way; one statement."""
    found = with_standing(lines, at=at).order_by().values("standing").annotate(many=Count("pk"))
    many = dict(found.values_list("standing", "many"))
    return {standing: many.get(standing, 0) for standing in LineStanding.values}


def narrowed(lines: QuerySet[RtcLine], asked: LineFilters, *, at: datetime) -> QuerySet[Any]:
    """Return the lines that the list is asked for, with what its rows show."""
    found = with_standing(lines, at=at)
    if asked.organisation is not None:
        found = found.filter(organisation=asked.organisation)
    if asked.standing:
        found = found.filter(standing=asked.standing)
    if asked.why:
        found = found.filter(last_outcome=asked.why)
    if asked.text:
        found = found.annotate(searched=Fold(_searched())).filter(_holding(asked.text))
    rows: QuerySet[Any] = found.select_related(
        "organisation", "account", "supply_point", "meter", "settings"
    ).annotate(sorted=SORTS[asked.sort.removeprefix("-")])
    return rows


def page(
    lines: QuerySet[Any], asked: LineFilters, parameters: Mapping[str, str]
) -> pagination.Page[Any]:
    """Read the page that the parameters ask for."""
    return pagination.page(lines, order=asked.order, parameters=parameters)


def _searched() -> Concat:
    parts: list[Any] = []
    for column in ("organisation__name", "account__name", "supply_point__name",
                   "meter__name", "meter__serial"):  # fmt: skip
        parts += [column, Value(" ")]
    return Concat(
        *parts, "supply_point__cups", "supply_point__cups_suffix", output_field=TextField()
    )


def _holding(text: str) -> Q:
    found = Q()
    for word in text.split():
        found &= Q(searched__contains=fold_in_database(word))
    return found
