"""The Jinja2 environment: translated, escaped, with numbers and days in the person's format."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.templatetags.static import static
from django.utils.translation import get_language, gettext, ngettext, override
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from vatio.accounts.expiry import GRACE_DAYS
from vatio.accounts.labels import AGREEMENT_ICONS, AGREEMENTS, FATES, SECTORS, SMS_TRANSACTIONS
from vatio.catalogue.labels import BILLINGS, counted
from vatio.dates import written, written_month, written_with_weekday
from vatio.formats import (
    amount,
    decimal_text,
    joined,
    measured_value,
    number,
    percent,
    signed,
)
from vatio.history_sentences import sentence, who
from vatio.metering.labels import ENERGIES, SERVICES, TERRITORIES
from vatio.metering.labels import ROLES as METER_ROLES
from vatio.notifications.labels import MESSAGE_STATES, RECEIPTS, SMS_KINDS
from vatio.orders.labels import KIND_ICONS, KINDS, STATES
from vatio.people.labels import ROLES
from vatio.tenants.addresses import in_letters
from vatio.units import Unit
from vatio.web.shell import labels, stylesheet
from vatio.web.shell.addresses import address_of, around, url
from vatio.web.shell.ages import age, took
from vatio.web.shell.query_string import query_string


def environment(**options: Any) -> Environment:
    """Build the environment of all pages; an undefined name is an error."""
    options.pop("autoescape")
    options.pop("undefined")
    made = Environment(
        **options,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do", "jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["_"] = words
    made.globals.update(
        grace_days=GRACE_DAYS,
        url=url,
        counted=counted,
        static=static,
        icon=icon,
        stylesheet_version=stylesheet.version,
        unit_names={unit: unit.label for unit in Unit},
        sector_names=SECTORS,
        by_billing=BILLINGS,
        kind_names=KINDS,
        kind_icons=KIND_ICONS,
        open_words=labels.OPEN,
        message_states=MESSAGE_STATES,
        sms_kinds=SMS_KINDS,
        receipt_names=RECEIPTS,
        fate_names=FATES,
        sms_transaction_names=SMS_TRANSACTIONS,
        role_names=ROLES,
        agreement_names=AGREEMENTS,
        agreement_icons=AGREEMENT_ICONS,
        state_words=STATES,
        service_names=SERVICES,
        energy_names=ENERGIES,
        territory_names=TERRITORIES,
        role_of_meter=METER_ROLES,
        tagged=tagged,
        elsewhere=elsewhere,
        row_messages=row_messages,
        around=around,
        unit_labels=unit_labels,
        query_string=query_string,
        spoken=spoken,
        sentence=sentence,
        who=who,
        time_zone_label=labels.time_zone_label,
        age=age,
        took=took,
    )
    made.filters.update(
        day=written,
        weekday=written_with_weekday,
        month=written_month,
        moment=moment,
        plain_moment=plain_moment,
        number=number,
        decimal=decimal_text,
        measure=measured_value,
        amount=amount,
        distance=distance,
    )
    made.filters.update(signed=signed, percent=percent, joined=joined, letters=in_letters)
    made.filters.update(with_account=with_account, with_day=with_day, of=address_of)
    return made


def words(message: str, **variables: object) -> Markup:
    """Return a message in the reader's language, with its variables escaped.

    A page says hundreds of messages, most without variables: those come from a dictionary, past
    gettext and past the call through Jinja's context.
    """
    if variables:
        return _translated(message, get_language()) % variables
    return _plain(message, get_language())


@cache
def _translated(message: str, language: str | None) -> Markup:
    with override(language):
        return Markup(gettext(message))  # noqa: S704


@cache
def _plain(message: str, language: str | None) -> Markup:
    return _translated(message, language) % {}


@cache
def icon(name: str, size: str = "") -> Markup:
    """Return an icon as SVG, hidden from assistive technology: its words stand beside it."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="#i-{}"/></svg>').format(
        size, name
    )


@pass_context
def moment(context: Context, at: datetime) -> Markup:
    """Format an instant in the time zone of the page, which its foot names: 24 nov 2026, 10:42."""
    time_zone = context["page_time_zone"]
    local = at.astimezone(ZoneInfo(time_zone))
    words = plain_moment(context, at)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local.isoformat(timespec="minutes"), time_zone, words
    )


@pass_context
def plain_moment(context: Context, at: datetime) -> str:
    """Format an instant in the time zone of the page, without an element: 24 nov 2026, 10:42."""
    local = at.astimezone(ZoneInfo(context["page_time_zone"]))
    return format_datetime(local, "d MMM y, HH:mm", locale=get_language() or "es")


def with_account(words: str, name: str) -> str:
    """Insert an account's name into words that are already translated."""
    return words % {"account": name}


def with_day(words: str, day: date) -> str:
    """Insert a day into words that are already translated."""
    return words % {"day": written(day)}


def spoken(words: Mapping[str, object]) -> dict[str, str]:
    """Translate some labels once, for a list that repeats them in every row."""
    return {key: str(word) for key, word in words.items()}


def unit_labels(hidden: set[str]) -> list[tuple[int, str]]:
    """Return the place and the label of each unit whose column is shown."""
    return [(place, str(unit.label)) for place, unit in enumerate(Unit) if unit not in hidden]


def distance(days: int) -> str:
    """Return in words how many days ahead or behind a day is."""
    return _distance(days, get_language())


@lru_cache(maxsize=5_000)
def _distance(days: int, language: str | None) -> str:
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": number(days)}
    if days < 0:
        return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": number(-days)}
    return gettext("today")


def tagged(message: Any, name: str) -> str:
    """Return the uid that a message's tags give to a name, such as `undo`; else nothing."""
    tags = (message.extra_tags or "").split()
    return tags[1] if len(tags) == 2 and tags[0] == name else ""


def row_messages(messages: list[Any]) -> dict[str, list[str]]:
    """Group the refusals by the row at which each is shown."""
    found: dict[str, list[str]] = {}
    for message in messages:
        row = tagged(message, "row")
        if row:
            found.setdefault(row, []).append(str(message))
    return found


def elsewhere(messages: list[Any], rows_here: Collection[str]) -> list[Any]:
    """Return the messages to show above the page: all but the refusals of a row that it shows."""
    return [message for message in messages if tagged(message, "row") not in rows_here]
