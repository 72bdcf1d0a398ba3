"""Imports regulated prices from a file: what each line would change, then all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.refusal import Refused
from vatio.tariffs.models import PriceKey, RegulatedPrice
from vatio.tariffs.parsing import PriceFault, PriceLine, PriceState, parse

What = Literal["new", "changed", "withdrawn", "same"]
"""What becomes of a price: it is written, changed, taken out, or left as it is."""

Prices = Mapping[PriceKey, PriceState]


class FaultyPrices(Refused):
    """The file has faults: nothing of it was imported."""

    def __init__(self, faults: list[PriceFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class PriceChange:
    """What becomes of one price; line 0 if no line is about it, but one about a later price."""

    line: int
    what: What
    key: PriceKey
    before: PriceState | None
    after: PriceState | None


@dataclass
class PricePlan:
    """What a file would change, or did; nothing where it has faults."""

    changes: list[PriceChange] = field(default_factory=list)
    faults: list[PriceFault] = field(default_factory=list)

    def count(self) -> Counter[What]:
        """Return how many prices become what."""
        return Counter(change.what for change in self.changes)


def plan(content: bytes) -> PricePlan:
    """Return what a file of prices would change, or its faults.

    :raises Unreadable: if the file cannot be read, or has not the headings it needs.
    """
    return _plan(*parse(content))


@transaction.atomic
def carry_out(content: bytes) -> PricePlan:
    """Import a file of prices: all of it or, with a fault in any line, nothing.

    Importing the same file again changes nothing. A price without an end ends on the day on which
    a later one begins.

    :raises Unreadable: if the file cannot be read, or has not the headings it needs.
    :raises FaultyPrices: if a line has a fault.
    """
    lines, faults = parse(content)
    with connection.cursor() as cursor:
        # Two files that are imported together would else be planned from the same prices.
        cursor.execute("LOCK TABLE tariffs_regulatedprice IN SHARE ROW EXCLUSIVE MODE")
    found = _plan(lines, faults)
    if found.faults:
        raise FaultyPrices(found.faults)
    _write(found.changes)
    return found


def _plan(lines: list[PriceLine], faults: list[PriceFault]) -> PricePlan:
    before = _stored()
    of_key = {each.key: each.line for each in lines}
    after = dict(before)
    for each in lines:
        if each.state is None:
            after.pop(each.key, None)
        else:
            after[each.key] = each.state
    faults = faults + _settle(after, {key.subject for key in of_key}, of_key)
    if faults:
        return PricePlan(faults=sorted(faults, key=lambda fault: fault.line))
    touched = {**of_key, **{key: 0 for key in after if key not in of_key}}
    changes = [_change(line, key, before.get(key), after.get(key)) for key, line in touched.items()]
    return PricePlan([change for change in changes if change.line or change.what != "same"])


def _stored() -> dict[PriceKey, PriceState]:
    return {
        price.key: PriceState(price.value, price.valid_to, price.known_until, price.source)
        for price in RegulatedPrice.objects.all()
    }


def _settle(
    prices: dict[PriceKey, PriceState],
    subjects: Iterable[tuple[object, ...]],
    of_key: Mapping[PriceKey, int],
) -> list[PriceFault]:
    """End each price without an end where the next begins; return a fault for each overlap."""
    keys: dict[tuple[object, ...], list[PriceKey]] = {subject: [] for subject in subjects}
    for key in prices:
        if key.subject in keys:
            keys[key.subject].append(key)
    faults = []
    for of_subject in keys.values():
        for key, following in pairwise(sorted(of_subject, key=lambda each: each.valid_from)):
            price, begins = prices[key], following.valid_from
            if price.valid_to is None:
                until = min(price.known_until, begins)
                prices[key] = price._replace(valid_to=begins, known_until=until)
            elif price.valid_to > begins:
                line, other = of_key.get(following, 0), key
                if not line:
                    line, other = of_key[key], following
                words = _("its days overlap with those of the price that begins on %(day)s.")
                faults.append(PriceFault(line, "", words % {"day": written(other.valid_from)}))
    return faults


def _change(
    line: int, key: PriceKey, before: PriceState | None, after: PriceState | None
) -> PriceChange:
    what: What = "changed"
    if before == after:
        what = "same"
    elif before is None:
        what = "new"
    elif after is None:
        what = "withdrawn"
    return PriceChange(line, what, key, before, after)


def _write(changes: list[PriceChange]) -> None:
    """Write what changes: what goes goes first, and what ends earlier before what is new."""
    for change in changes:
        if change.what == "withdrawn":
            RegulatedPrice.objects.filter(**change.key._asdict()).delete()
    for change in changes:
        if change.what == "changed" and change.after is not None:
            RegulatedPrice.objects.filter(**change.key._asdict()).update(**change.after._asdict())
    RegulatedPrice.objects.bulk_create(
        RegulatedPrice(**change.key._asdict(), **change.after._asdict())
        for change in changes
        if change.what == "new" and change.after is not None
    )
