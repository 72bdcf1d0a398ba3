"""Many boxes as a few paths: one for each look, as a browser draws few large things faster."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LookPath:
    """All that has a look, as one path."""

    look: str
    d: str


def paths_of_boxes(boxes: Iterable[tuple[str, float, float, float, float]]) -> list[LookPath]:
    """Return a path for each look of boxes: look, x, y, width, height; to a tenth of a unit."""
    found: dict[str, list[str]] = {}
    for look, x, y, width, height in boxes:
        step = f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"
        found.setdefault(look, []).append(step.replace(".0", ""))
    return [LookPath(look, "".join(steps)) for look, steps in found.items()]
