"""«Gestionar cuentas» with few and many accounts: statements and milliseconds of each page."""

from django.conf import settings
from django.test import Client

from benchmarks.ground import filling, measuring, platform
from vatio.tenants.models import Organisation, Person
from vatio.web.listing import SORTS

PAGES = {
    "first page": "",
    "last page": "?at=last",
    **{f"sort {name}": f"?sort={name}" for name in SORTS if name != "organisation"},
    "search, common part of a word": "?q=ote",
    "search, rare word": "?q=zugarramurdi+lugo+11",
    "filter licence": "?licence={licence}",
    "filter sector": "?sector=hotels",
    "filter expiring in 30 days": "?ends=30",
    "expired accounts": "expired/",
}


def measure(
    organisation: Organisation, person: Person, licence: object, *, times: int
) -> dict[str, object]:
    """Ask for each page as a signed-in person does, through every middleware, without a socket."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person)
    found = {}
    for name, query in PAGES.items():
        address = f"/o/{organisation.slug}/accounts/{query.format(licence=licence)}"

        def ask(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        ask()
        found[name] = {
            "statements": measuring.statements(ask),
            **measuring.milliseconds(ask, times=times),
        }
    return found


def main() -> None:
    """Measure every page at 100, 10,000 and the asked number of accounts."""
    asked = measuring.arguments(__doc__ or "", accounts=100_000, times=100)
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    sizes = sorted({100, min(10_000, asked.accounts), asked.accounts})
    organisations = {}
    for size in sizes:
        organisation = filling.organisation(f"Organización {size}", boss)
        leader = filling.person(f"nuria{size}@vatio.example", "Nuria Vidal")
        filling.lead(organisation, leader)
        filling.accounts(organisation, size, versions)
        organisations[size] = (organisation, leader)
    filling.settle()
    measuring.calm()
    licence = versions[0].licence.uid
    found = {
        str(size): measure(organisation, leader, licence, times=asked.times)
        for size, (organisation, leader) in organisations.items()
    }
    measuring.report(
        {
            "measured": "accounts_page",
            "sizes": sizes,
            "pages": found,
            "machine": measuring.machine(),
        },
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
