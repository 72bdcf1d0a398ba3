"""How a rule says no."""

from django.utils.functional import Promise


class Refused(Exception):
    """A rule refuses what was asked; its words can be shown to the person who asked.

    Subclasses stand beside the rule that raises them. Nothing has changed when
    one reaches the caller: rules run in a transaction. `field` names the field of
    the form that the words are about, when they are about one.
    """

    def __init__(self, words: str | Promise, *, field: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.field = field

    def __str__(self) -> str:
        return str(self.words)
