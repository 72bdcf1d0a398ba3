"""The sentences of the history, gathered from the packages that record its acts."""

from vatio.accounts import acts as accounts
from vatio.alerts import acts as alerts
from vatio.catalogue import acts as catalogue
from vatio.collection import acts as collection
from vatio.consumption import acts as consumption
from vatio.history.sentences import Facts, Sentence, Wording
from vatio.metering import acts as metering
from vatio.orders import acts as orders
from vatio.people import acts as people
from vatio.portfolios import acts as portfolios
from vatio.purging import acts as purging
from vatio.readings import acts as readings
from vatio.tenants.models import Person

SENTENCES: dict[str, Wording] = {
    **people.SENTENCES,
    **catalogue.SENTENCES,
    **accounts.SENTENCES,
    **metering.SENTENCES,
    **orders.SENTENCES,
    **portfolios.SENTENCES,
    **readings.SENTENCES,
    **collection.SENTENCES,
    **consumption.SENTENCES,
    **alerts.SENTENCES,
    **purging.SENTENCES,
}

RULES = {**accounts.RULES, **metering.RULES, **orders.RULES, **portfolios.RULES}


def sentence(verb: str, facts: Facts) -> Sentence:
    """Return the sentence of an act, worded from the facts that were recorded with the act."""
    wording = SENTENCES.get(verb)
    return wording(facts) if wording else Sentence(verb, "info")


def who(person: Person | None, rule: str) -> str:
    """Return the name of who acted: a person or, for an automatic act, the rule behind it."""
    return person.name if person else str(RULES.get(rule, rule))
