"""Jinja2 as the pages use it: translated, escaped, with figures and days in the reader's way."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from vatio.dates import written
from vatio.notifications.rendering import UNITS
from vatio.web import stylesheet, words
from vatio.web.telling import told
from vatio.web.words import number


def environment(**options: Any) -> Environment:
    """Make the environment for all pages; what is undefined is an error."""
    options.pop("autoescape")
    options.pop("undefined")
    made = Environment(
        **options,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        url=url,
        static=static,
        icon=icon,
        stylesheet_version=stylesheet.version,
        unit_names=UNITS,
        sector_names=words.SECTORS,
        by_billing=words.BILLINGS,
        kind_names=words.KINDS,
        kind_icons=words.KIND_ICONS,
        open_words=words.OPEN,
        message_states=words.MESSAGE_STATES,
        role_names=words.ROLES,
        agreement_names=words.AGREEMENTS,
        agreement_icons=words.AGREEMENT_ICONS,
        state_words=words.STATES,
        messages_for=messages_for,
        told=told,
        who=words.who,
    )
    made.filters.update(day=written, moment=moment, number=number, distance=distance)
    return made


def url(name: str, *args: object, **kwargs: object) -> str:
    """Write the address of a page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def icon(name: str, size: str = "") -> Markup:
    """Draw an icon; it is decoration, its words stand beside it."""
    return Markup('<svg class="i {}" aria-hidden="true"><use href="#i-{}"/></svg>').format(
        size, name
    )


def moment(at: datetime, zone: str) -> str:
    """Write a moment as it was in a zone: 24 nov 2026, 10:42."""
    pattern = "d MMM y, HH:mm"
    return format_datetime(at.astimezone(ZoneInfo(zone)), pattern, locale=get_language() or "es")


def distance(days: int) -> str:
    """Say how far off a day is, ahead or behind."""
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": number(days)}
    if days < 0:
        return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": number(-days)}
    return gettext("today")


def messages_for(messages: list[Any], place: str) -> list[Any]:
    """Pick the messages that belong to one place of the page, such as one row."""
    return [message for message in messages if place in (message.extra_tags or "").split()]
