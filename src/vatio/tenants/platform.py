"""Whether this platform is the demo."""

from vatio.tenants.models import Platform


def is_demo() -> bool:
    """Tell whether this platform was settled as the demo."""
    return Platform.objects.filter(is_demo=True).exists()
