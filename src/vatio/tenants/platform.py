"""Whether this platform is the demo."""

from vatio.tenants.models import Platform

DEMO_SECRET = "vatio-demo-2026"  # noqa: S105 - known on purpose
"""What all people of the demo sign in with: they are there to be tried by anybody."""


def is_demo() -> bool:
    """Tell whether this platform was settled as the demo."""
    return Platform.objects.filter(is_demo=True).exists()
