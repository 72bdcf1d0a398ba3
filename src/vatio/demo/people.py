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
    """Somebody to sign in as."""

    role: str
    organisation: str
    name: str
    email: str
    password: str

    def as_dict(self) -> dict[str, str]:
        """Turn into plain values, for programs."""
        return asdict(self)


def listed() -> list[DemoPerson]:
    """List the demo's people with their roles; nobody outside the demo."""
    if not is_demo():
        return []
    people = (
        demo_people()
        .order_by("id")
        .prefetch_related("memberships__organisation", "account_roles__organisation")
    )
    found = []
    for person in people:
        if person.is_commercial:
            found.append(DemoPerson("commercial", "", person.name, person.email, DEMO_SECRET))
        found.extend(
            DemoPerson(
                "superadmin", membership.organisation.name, person.name, person.email, DEMO_SECRET
            )
            for membership in person.memberships.all()
        )
        found.extend(
            DemoPerson(role.role, role.organisation.name, person.name, person.email, DEMO_SECRET)
            for role in person.account_roles.all()
        )
    return found
