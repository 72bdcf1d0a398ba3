"""Whether this platform is the demo."""

from django.db.models import QuerySet, Subquery

from vatio.tenants.models import Person, Platform

DEMO_SECRET = "vatio-demo-2026"  # noqa: S105 - known on purpose
"""The password of all people of the demo: it is public, so that anybody can try them."""


def demo_people() -> QuerySet[Person]:
    """Return the demo's own active people; people invited later have other passwords."""
    settled = Platform.objects.filter(is_demo=True).values("settled_at")
    return Person.objects.filter(is_active=True, created_at__lt=Subquery(settled))


def is_demo() -> bool:
    """Return whether this platform was settled as the demo."""
    return Platform.objects.filter(is_demo=True).exists()
