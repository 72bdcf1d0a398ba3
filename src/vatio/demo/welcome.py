"""What a start prints once the pages answer: the people to sign in as, or the first link."""

from vatio import clock
from vatio.demo import people
from vatio.people import one_time_links


def lines(address: str) -> list[str]:
    """Return a line for each person of the demo or, while nobody is commercial, a one-time link."""
    listed = people.listed()
    if listed:
        width = max(len(person.email) for person in listed)
        return [
            f"  {person.email:<{width}}  {person.password}  {person.role}"
            f"{' · ' + person.organisation if person.organisation else ''}"
            for person in listed
        ]
    token = one_time_links.first_key(at=clock.real())
    if token is None:
        return []
    return [
        "Nobody is here yet. This link makes the first person, once, within 7 days:",
        f"  {address}/first-use/{token}/",
    ]
