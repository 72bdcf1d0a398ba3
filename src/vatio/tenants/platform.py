"""Whether this platform is the demo."""

from django.db.models import QuerySet, Subquery

from vatio.tenants.models import Person, Platform

DEMO_SECRET = "vatio-demo-2026"  # noqa: S105 - known on purpose
"""What all people of the demo sign in with: they are there to be tried by anybody."""


def demo_people() -> QuerySet[Person]:
    """List the demo's own people: whoever was invited since then has another secret."""
    settled = Platform.objects.filter(is_demo=True).values("settled_at")
    return Person.objects.filter(is_active=True, created_at__lt=Subquery(settled))


def is_demo() -> bool:
    """Tell whether this platform was settled as the demo."""
    return Platform.objects.filter(is_demo=True).exists()
