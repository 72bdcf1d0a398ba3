"""What a person chose of how news is told: in general, and for each kind apart."""

from collections.abc import Mapping

from django.db import transaction

from vatio.notifications.choices import IN_GENERAL
from vatio.notifications.models import NewsChoice
from vatio.notifications.news import UNLESS_CHOSEN, HowTold, NewsKind
from vatio.tenants.models import Person

GENERAL = IN_GENERAL


def choices_of(person: Person) -> dict[str, str]:
    """Return how a person is told of each kind that does not go as the rest, and of the rest."""
    chosen = dict(NewsChoice.objects.filter(person=person).values_list("kind", "how"))
    return {GENERAL: HowTold.AT_ONCE.value} | dict(UNLESS_CHOSEN) | chosen


@transaction.atomic
def choose(person: Person, general: HowTold, apart: Mapping[NewsKind, HowTold]) -> None:
    """Set how a person is told of news: kinds that are not `apart` go as the rest.

    News that waits for a digest still comes in the next one.
    """
    rows: dict[str, HowTold] = {GENERAL: general} | dict(apart)
    NewsChoice.objects.filter(person=person).exclude(kind__in=list(rows)).delete()
    NewsChoice.objects.bulk_create(
        [NewsChoice(person=person, kind=kind, how=how) for kind, how in rows.items()],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["how"],
    )
