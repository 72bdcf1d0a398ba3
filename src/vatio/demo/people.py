"""The people of the demo, and the one password they share."""

from dataclasses import asdict, dataclass

from vatio.tenants.platform import DEMO_SECRET, demo_people, is_demo

COMMERCIAL = [
    ("tomas.arrieta@vatio.example", "Tomás Arrieta"),
    ("elena.cid@vatio.example", "Elena Cid"),
]

ACCOUNT_OF_HOLDERS = "Hotel Lugo 012"
HOLDERS = {
    "administrator": ("marta.louzao@hotellugo.example", "Marta Louzao"),
    "viewer": ("brais.outeiro@hotellugo.example", "Brais Outeiro"),
}


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo in one role, with what to sign in with."""

    role: str
    organisation: str
    name: str
    email: str
    password: str

    def as_dict(self) -> dict[str, str]:
        """Return the fields by name, for JSON."""
        return asdict(self)


def listed() -> list[DemoPerson]:
    """Return the demo's people, once for each role; nobody outside the demo."""
    if not is_demo():
        return []
    people = (
        demo_people()
        .order_by("id")
        .prefetch_related("memberships__organisation", "account_roles__organisation")
    )
    entries = []
    for person in people:
        if person.is_commercial:
            entries.append(DemoPerson("commercial", "", person.name, person.email, DEMO_SECRET))
        entries.extend(
            DemoPerson(
                "superadmin", membership.organisation.name, person.name, person.email, DEMO_SECRET
            )
            for membership in person.memberships.all()
        )
        entries.extend(
            DemoPerson(role.role, role.organisation.name, person.name, person.email, DEMO_SECRET)
            for role in person.account_roles.all()
        )
    return entries
