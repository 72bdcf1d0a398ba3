"""Renders a message of the outbox: subject, plain text and HTML, in its recipient's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext, gettext_lazy, ngettext, override
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from vatio.dates import written
from vatio.formats import amount, number, signed
from vatio.notifications.models import Message
from vatio.units import Unit

FOLDER = Path(__file__).parent / "templates" / "emails"
KINDS = {
    "opening": gettext_lazy("new account"),
    "expansion": gettext_lazy("expansion"),
    "upgrade": gettext_lazy("licence"),
    "renewal": gettext_lazy("renewal"),
}
ADDED: dict[str, object] = {
    **{unit.value: unit.label for unit in Unit},
    "sms_credits": gettext_lazy("SMS credits"),
}
"""Labels of what an accepted order may have added: units, and SMS credits."""


@dataclass(frozen=True)
class RenderedMessage:
    """A message as its recipient gets it: subject, plain text, and HTML in `page`."""

    subject: str
    text: str
    page: str


def render(
    message: Message, *, address: str, context: Mapping[str, object] | None = None
) -> RenderedMessage:
    """Render a message, with links that begin with the platform's `address`.

    :param context: what it says, if not what it was queued with.
    """
    said = message.context if context is None else context
    context = {**said, "address": address, "language": message.language}
    in_html = {name: _with_lines(value) for name, value in context.items()}
    with override(message.language):
        subject, text, page = (
            _environment.get_template(f"{message.template}.{part}").render(values)
            for part, values in (("subject.txt", context), ("txt", context), ("html", in_html))
        )
    return RenderedMessage(" ".join(subject.split()), text, page)


def title_of(message: Message, *, language: str) -> str:
    """Return a message's subject in a language: the title of a notice."""
    with override(language):
        subject = _environment.get_template(f"{message.template}.subject.txt")
        return " ".join(subject.render(message.context).split())


def _with_lines(value: object) -> object:
    """Return a value for HTML: in a text of several lines each stays a line of its own."""
    if isinstance(value, dict):
        return {name: _with_lines(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_lines(each) for each in value]
    if isinstance(value, str) and len(value.splitlines()) > 1:
        return Markup("<br>\n").join(value.splitlines())
    return value


def _iso_day(day: str) -> str:
    return written(date.fromisoformat(day))


_environment = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
_environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
_environment.filters.update(amount=amount, iso_day=_iso_day, number=number, signed=signed)
_environment.globals.update(kind_names=KINDS, unit_names=ADDED)
