"""The exception with which a rule refuses a request."""

from django.utils.functional import Promise


class Refused(Exception):
    """A rule refuses a request; `words`, translated, can be shown to the person who made it.

    Subclasses stand beside the rule that raises them. Nothing has changed when a
    refusal reaches the caller: rules run in a transaction. `field` is the name of
    the form field that `words` are about, or empty.
    """

    def __init__(self, words: str | Promise, *, field: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.field = field

    def __str__(self) -> str:
        return str(self.words)
