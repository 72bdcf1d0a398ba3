"""Tells how far the demo's readings have been filled in."""

from vatio.demo_clock.models import Fill


def percent_filled() -> int | None:
    """Return how many per cent of the demo's readings are there; None if nothing is to come."""
    fill = Fill.objects.filter(id=Fill.FIRST).values_list("done", "wanted").first()
    if fill is None or fill[0] >= fill[1]:
        return None
    return fill[0] * 100 // fill[1]
