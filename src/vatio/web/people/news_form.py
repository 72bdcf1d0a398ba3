"""The form of how a person is told of news: in general, and each kind apart."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from vatio.notices.choosing import GENERAL, choices_of
from vatio.notifications.labels import HOW, NEWS
from vatio.notifications.news import UNLESS_CHOSEN, HowTold, NewsKind
from vatio.tenants.models import Person

AS_THE_REST = ("", _("As the rest"))


class NewsForm(forms.Form):
    """How news is told, and what goes another way; a field for each kind of news."""

    how = forms.ChoiceField(label=_("How to tell me"), choices=list(HOW.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in NewsKind:
            has_own = kind in UNLESS_CHOSEN
            self.fields[f"how_{kind}"] = forms.ChoiceField(
                label=NEWS[kind][0],
                choices=[*([] if has_own else [AS_THE_REST]), *HOW.items()],
                required=has_own,
            )

    @classmethod
    def of(cls, person: Person) -> "NewsForm":
        """Return the form with what a person chose."""
        chosen = choices_of(person)
        apart = {f"how_{kind}": chosen.get(kind, "") for kind in NewsKind}
        return cls(initial={"how": chosen[GENERAL], **apart})

    def kinds(self) -> Iterator[BoundField]:
        """Return the fields of the kinds."""
        return (self[f"how_{kind}"] for kind in NewsKind)

    def has_apart(self) -> bool:
        """Return whether a kind is told in another way than by default."""
        return any(
            bound.value() != UNLESS_CHOSEN.get(kind, "")
            for kind, bound in zip(NewsKind, self.kinds(), strict=True)
        )

    def apart(self) -> dict[NewsKind, HowTold]:
        """Return the kinds that do not go as the rest, from what was sent."""
        chosen = {kind: self.cleaned_data[f"how_{kind}"] for kind in NewsKind}
        return {kind: HowTold(how) for kind, how in chosen.items() if how}
