"""The lists of an account's episodes and of its rules: filters, search, sort and counts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Extract

from vatio.accounts.models import Account
from vatio.alerts.kinds import AlertKind
from vatio.alerts.models import THINGS, AlertEpisode, AlertRecipient, AlertRule, AlertTold
from vatio.alerts.wording import EpisodeUnit, things_of, unit_of
from vatio.consumption.subjects import ACTIVE_ENERGY
from vatio.dates import start_of
from vatio.history.models import Act
from vatio.keys import parse_uuid
from vatio.notifications.models import Message
from vatio.readings.slots import ONE_DAY
from vatio.tenants.folding import Fold, SortKey, fold_in_database, tidy

SORTS = ("begins", "lasted", "alert")
STATES = ("open", "closed")

SPOKEN_WITHIN = timedelta(days=90)
"""Within how long it is counted how often an alert spoke."""

NAMES = (
    "rule__name",
    "rule__line__supply_point__name",
    *(f"rule__{each}__name" for each in THINGS if each != "line"),
)
"""The columns that a search among episodes looks at."""


@dataclass(frozen=True)
class EpisodeFilters:
    """The filters and the sort of a list of episodes; what is not understood is left out.

    Days are those of the account; an episode of any part of which is on one of them is found.
    """

    state: str = ""
    text: str = ""
    rule: UUID | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "-begins"

    @property
    def narrows(self) -> bool:
        """Whether any filter is set, but for the state and whatever the sort."""
        return bool(self.text or self.rule or self.kind or self.since or self.until)

    @property
    def folded(self) -> int:
        """How many filters are set of those that fold on a phone."""
        return sum(1 for each in (self.rule, self.kind, self.since, self.until) if each)


def read(parameters: Mapping[str, str]) -> EpisodeFilters:
    """Parse the filters and the sort of a list of episodes."""
    state, kind = parameters.get("state", ""), parameters.get("kind", "")
    sort = parameters.get("sort", "")
    return EpisodeFilters(
        state=state if state in STATES else "",
        text=tidy(parameters.get("q", "")),
        rule=parse_uuid(parameters.get("rule", "")),
        kind=kind if kind in AlertKind.values else "",
        since=_day(parameters.get("from", "")),
        until=_day(parameters.get("to", "")),
        sort=sort if sort.removeprefix("-") in SORTS else "-begins",
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


def narrowed(account: Account, asked: EpisodeFilters, *, at: datetime) -> QuerySet[AlertEpisode]:
    """Return the episodes of an account that are asked for, open or not, with what they sort by."""
    rows = AlertEpisode.objects.filter(account=account)
    if asked.rule:
        rows = rows.filter(rule__uid=asked.rule)
    if asked.kind:
        rows = rows.filter(rule__kind=asked.kind)
    if asked.since:
        begins = start_of(asked.since, account.time_zone)
        rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=begins))
    if asked.until:
        rows = rows.filter(begins__lt=start_of(asked.until + ONE_DAY, account.time_zone))
    if asked.text:
        found, sought = Q(), {}
        for number, name in enumerate(NAMES):
            sought[f"sought{number}"] = Fold(name)
            found |= Q(**{f"sought{number}__contains": fold_in_database(asked.text)})
        rows = rows.alias(**sought).filter(found)
    until = ExpressionWrapper(
        Coalesce("ends", Value(at, DateTimeField())) - F("begins"), output_field=DurationField()
    )
    return rows.annotate(
        lasted=Extract(until, "epoch"), alert=SortKey("rule__name")
    ).select_related("rule", "acknowledged_by")


def order_of(asked: EpisodeFilters) -> list[str]:
    """Return the columns by which episodes are sorted, all the same way."""
    way = "-" if asked.sort.startswith("-") else ""
    return [f"{way}{asked.sort.removeprefix('-')}", f"{way}id"]


@dataclass(frozen=True)
class ListedRule:
    """A rule, what it looks at, whom it tells, and how often it spoke within `SPOKEN_WITHIN`.

    `threshold` and `worse` are in `unit`, None where it has none.
    """

    rule: AlertRule
    thing: str
    unit: EpisodeUnit
    recipients: Sequence[AlertRecipient]
    spoken: int
    is_open: bool

    @property
    def threshold(self) -> float | None:
        """The threshold in the unit on the page."""
        return None if self.rule.threshold is None else self.rule.threshold / self.unit.factor

    @property
    def worse(self) -> float | None:
        """The second threshold in the unit on the page."""
        return None if self.rule.worse is None else self.rule.worse / self.unit.factor


def rules_of(account: Account, text: str = "") -> QuerySet[AlertRule]:
    """Return the rules of an account that look, by name; those whose name has a text."""
    rows = AlertRule.objects.standing().filter(account=account).annotate(place=SortKey("name"))
    if text:
        rows = rows.alias(sought=Fold("name")).filter(sought__contains=fold_in_database(text))
    return rows.order_by("place", "id")


def listed(account: Account, rules: Collection[AlertRule], *, at: datetime) -> list[ListedRule]:
    """Describe rules of an account; as many statements however many there are."""
    if not rules:
        return []
    things, names = things_of(account, rules)
    people: dict[int, list[AlertRecipient]] = defaultdict(list)
    told = AlertRecipient.objects.filter(rule__in=rules).select_related("person")
    for each in told.order_by("id"):
        people[each.rule_id].append(each)
    own: dict[int, tuple[int, int]] = {
        key: (spoken, still)
        for key, spoken, still in AlertEpisode.objects.filter(rule__in=rules)
        .order_by()
        .values_list("rule")
        .annotate(
            spoken=Count("pk", filter=Q(told_opened_at__gte=at - SPOKEN_WITHIN)),
            still=Count("pk", filter=Q(ends__isnull=True)),
        )
    }
    made = []
    for rule in rules:
        spoken, still = own.get(rule.pk, (0, 0))
        thing = things.get(rule.pk)
        quantity = thing.quantity if thing else ACTIVE_ENERGY
        unit = unit_of(rule, quantity, thing.unit if thing else "")
        name = names.get(rule.pk, "")
        made.append(ListedRule(rule, name, unit, people[rule.pk], spoken, still > 0))
    return made


OPEN_OF_ACCOUNTS = """
SELECT account_id, count(*) AS number FROM alerts_alertepisode
WHERE ends IS NULL AND account_id = ANY(%(accounts)s)
GROUP BY account_id
"""
"""The SQL of how many episodes are open in accounts, for a list that counts them in its own
statement."""


def open_of(account: Account, *, most: int) -> list[AlertEpisode]:
    """Return the open episodes of an account, the latest first."""
    rows = AlertEpisode.objects.filter(account=account, ends__isnull=True).select_related("rule")
    return list(rows.order_by("-begins", "-id")[:most])


def all_rules_of(account: Account) -> QuerySet[AlertRule]:
    """Return the rules of an account by name, those that were removed as well."""
    return AlertRule.objects.filter(account=account).order_by(SortKey("name"), "id")


def acts_of(rule: AlertRule) -> QuerySet[Act]:
    """Return the acts of the history that are about a rule, the latest first."""
    acts = Act.objects.filter(account_id=rule.account_id, verb__startswith="alert.")
    own = acts.filter(facts__alert=str(rule.uid))
    return own.select_related("person").order_by("-at", "-id")


def told_of(episode: AlertEpisode) -> list[tuple[AlertTold, Message | None]]:
    """Return who was told of an episode, the last first, each with the message; two statements."""
    rows = AlertTold.objects.filter(episode=episode).select_related("person")
    told = list(rows.order_by("-at", "id"))
    keys = [row.message_key for row in told if row.message_key]
    messages = {each.key: each for each in Message.objects.filter(key__in=keys)} if keys else {}
    return [(row, messages.get(row.message_key)) for row in told]
