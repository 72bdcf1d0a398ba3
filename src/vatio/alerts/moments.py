"""The moments of an episode that are told."""

from enum import StrEnum


class What(StrEnum):
    """What is told of an episode. One that opened and closed meanwhile is told as closed alone.

    `STILL` is told to a person whose quiet hours are over of what is still open.
    """

    OPENED = "opened"
    WORSENED = "worsened"
    CLOSED = "closed"
    STILL = "still"
