"""Reads how people are told of a kind of news: for who sends what stands on the page already."""

from collections.abc import Collection

from vatio.notifications.models import NewsChoice
from vatio.notifications.news import UNLESS_CHOSEN, HowTold, NewsKind

IN_GENERAL = ""
"""The kind under which a person's general choice stands."""


def told_how(people: Collection[int], kind: NewsKind) -> dict[int, HowTold]:
    """Return how each of some people is told of a kind of news, as `HOW_OF` says; one statement."""
    rows = NewsChoice.objects.filter(person__in=people, kind__in=(IN_GENERAL, kind.value))
    chosen = {(row.person_id, row.kind): HowTold(row.how) for row in rows}
    found = {}
    for person in people:
        rest = UNLESS_CHOSEN.get(kind) or chosen.get((person, IN_GENERAL), HowTold.AT_ONCE)
        found[person] = chosen.get((person, kind.value), rest)
    return found
