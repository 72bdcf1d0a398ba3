"""What a start prints when the pages can be opened: whom to sign in as, or the first link."""

from vatio import clock
from vatio.demo import people
from vatio.people import one_time_links


def lines(address: str) -> list[str]:
    """List the demo's people, or a fresh one-time link while nobody is commercial."""
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
