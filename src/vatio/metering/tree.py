"""The tree of an account's sites, and how much is in service in each with its parts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from vatio.accounts.models import Account
from vatio.metering.models import Site


@dataclass
class Branch:
    """A site, its parts by name, and the counts by kind of what is in service in it and them.

    `depth` is 0 for a site that is in no other.
    """

    site: Site
    depth: int
    counts: Counter[str] = field(default_factory=Counter)
    parts: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The sites of an account, and the counts of what stands in none of them."""

    branches: list[Branch]
    nowhere: Counter[str]

    def __iter__(self) -> Iterator[Branch]:
        """Yield every branch, each before its parts."""
        waiting = self.branches[::-1]
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting += branch.parts[::-1]

    def paths(self) -> dict[int, str]:
        """Return the path of every site, by its key: the names of those that it is in, and its own.

        What stands in no site has none."""
        found: dict[int, str] = {}
        for branch in self:
            above = found.get(branch.site.parent_id or 0, "")
            found[branch.site.pk] = f"{above} › {branch.site.name}" if above else branch.site.name
        return found

    def within(self, site: Site) -> list[int]:
        """Return the keys of a site and of all of its parts."""
        branch = next(each for each in self if each.site.pk == site.pk)
        return [each.site.pk for each in Tree([branch], Counter())]


def sites_of(account: Account) -> Tree:
    """Return the tree of an account's sites without counts: one statement."""
    return grow(account.sites.order_by("name_sorted", "id"), {})


def count_sites(account: Account) -> Tree:
    """Return the tree of an account's sites with counts: a statement for each kind."""
    counts: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    for kind, things, column in (
        ("supply_points", account.supplypoints, "site"),
        ("meters", account.meters, "site"),
        ("data_points", account.datapoints, "meter__site"),
        ("rtc_lines", account.rtclines, "supply_point__site"),
    ):
        for site, count in things.in_service().values_list(column).annotate(Count("pk")):
            counts[site][kind] = count
    return grow(account.sites.order_by("name_sorted", "id"), counts)


def grow(sites: Iterable[Site], counts: Mapping[int | None, Counter[str]]) -> Tree:
    """Build the tree of sites that are sorted by name, adding up the counts of their parts."""
    below: defaultdict[int | None, list[Site]] = defaultdict(list)
    for site in sites:
        below[site.parent_id].append(site)

    def branch(site: Site, depth: int) -> Branch:
        parts = [branch(each, depth + 1) for each in below[site.pk]]
        total = Counter(counts.get(site.pk, {}))
        for part in parts:
            total.update(part.counts)
        return Branch(site, depth, total, parts)

    return Tree([branch(site, 0) for site in below[None]], counts.get(None, Counter()))
