"""The paths of an account's sites: the names from the top of the tree down."""

from vatio.accounts.models import Account
from vatio.metering.models import Site

BETWEEN = " / "


def site_paths(account: Account) -> dict[Site, str]:
    """Return each site of an account with its path, in the order of a tree read aloud."""
    sites = {site.pk: site for site in account.sites.all()}
    chains = {site: [*reversed(list(_upwards(site, sites)))] for site in sites.values()}
    order = sorted(sites.values(), key=lambda site: [each.name_sorted for each in chains[site]])
    return {site: BETWEEN.join(each.name for each in chains[site]) for site in order}


def _upwards(site: Site, sites: dict[int, Site]) -> list[Site]:
    chain = [site]
    while (above := sites.get(chain[-1].parent_id or 0)) is not None:
        chain.append(above)
    return chain
