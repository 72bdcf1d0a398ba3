"""The words of an account's export: what its workbook shows for what the rows keep as codes."""

from collections.abc import Mapping

from jinja2 import TemplateError

from vatio.accounts.labels import AGREEMENTS, SECTORS, SMS_TRANSACTIONS
from vatio.collection.outcomes import CallOutcome
from vatio.history_sentences import RULES, sentence
from vatio.notifications.labels import CHANNELS, MESSAGE_STATES, RECEIPTS, SMS_KINDS
from vatio.notifications.models import Message
from vatio.notifications.rendering import render as written_out
from vatio.orders.labels import OUTCOMES, STATES
from vatio.people.labels import ROLES
from vatio.purging.contents import Row
from vatio.reminders.labels import MILESTONES
from vatio.tenants.models import LANGUAGES

WORDS: dict[str, Mapping[str, object]] = {
    "call_outcome": dict(CallOutcome.choices),
    "channel": CHANNELS,
    "kind": {**AGREEMENTS, **SMS_TRANSACTIONS},
    "language": dict(LANGUAGES),
    "milestone": MILESTONES,
    "outcome": OUTCOMES,
    "receipt": RECEIPTS,
    "role": ROLES,
    "rule": RULES,
    "sector": SECTORS,
    "state": {name: words[0] for name, words in {**STATES, **MESSAGE_STATES}.items()},
}
"""The words for the codes in each column of the export."""


def in_words(column: str, row: Row) -> object:
    """Return a cell of the export in words: an act's sentence, a subject, a code's label."""
    if column == "verb":
        return sentence(row["verb"], row["facts"]).words
    if column == "template":
        return _subject(row)
    value = row[column]
    if column in WORDS and value in WORDS[column]:
        return str(WORDS[column][value])
    return value


def _subject(row: Row) -> str:
    """Return the subject of a message, or its template's name if that can no longer render it."""
    if row["channel"] == Message.Channel.SMS:
        return str(SMS_KINDS.get(row["template"], row["template"]))
    message = Message(template=row["template"], context=row["context"], language=row["language"])
    try:
        return written_out(message, address="").subject
    except TemplateError:
        return str(row["template"])
