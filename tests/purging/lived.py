"""Makes an account that has lived: with something of everything that an account can have."""

from datetime import date, datetime, timedelta

from tests import make
from tests.alerts import filled as alerts
from tests.collection.called import call
from tests.metering.installed import import_inventory, install
from tests.readings.filled import fill
from vatio.accounts import adjusting, inviting, non_renewal
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.sms_spending import Cost, give_back, reserve_all
from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.notifications.models import Message
from vatio.notifications.sms_queueing import Text, queue_texts
from vatio.orders import assigning, bulk_renewing, commenting, deciding
from vatio.purging import exporting
from vatio.purging.models import Purge
from vatio.reminders import deciding as reminding
from vatio.tenants.models import Organisation, Person

OVER = make.NOON
"""A day on which its year and its days of grace are over: it ended on 29 January 2026."""


def lived(name: str = "Hotel Lugo 012", *, organisation: Organisation | None = None) -> Account:
    """Ask for an account, open it, expand it, install things that are read, and let it end, warned."""
    norte = organisation or make.organisation()
    nuria, elena = make.superadmin(norte, "Nuria Vidal"), make.commercial("Elena Cid")
    opening = make.opening_order(norte, name, by=nuria, at=make.noon(date(2025, 1, 28)))
    assigning.take(opening, seen=None, by=elena, at=make.noon(date(2025, 1, 28)))
    commenting.comment(opening, "¿Cuántos cuadros?", by=elena, at=make.noon(date(2025, 1, 28)))
    agreement = deciding.accept(opening, by=elena, at=make.noon(date(2025, 1, 29)))
    account = agreement.account
    expansion = make.expansion_order(
        account, by=nuria, at=make.noon(date(2025, 6, 1)), sms=50, meters=3, rtc_lines=1
    )
    commenting.note(expansion, "Cliente antiguo.", by=elena, at=make.noon(date(2025, 6, 1)))
    deciding.accept(expansion, by=elena, at=make.noon(date(2025, 6, 2)))
    adjusting.adjust_credits(
        account, -5, reason="=2+3, cortesía", by=elena, at=make.noon(date(2025, 7, 1))
    )
    june = make.noon(date(2025, 6, 3))
    bulk_renewing.ask(norte, [(account, date(2020, 1, 1))], by=nuria, at=june, now=lambda: june)
    installed = install(Account.objects.get(pk=account.pk), by=nuria, at=june)
    call(installed.line, by=nuria, at=june)
    import_inventory(Account.objects.get(pk=account.pk), by=nuria, at=june)
    fill(Account.objects.get(pk=account.pk))
    _texted(account, make.holder(account, "viewer", "Marta Vega"), at=june)
    alerts.fill(Account.objects.get(pk=account.pk), by=nuria, at=june)
    inviting.invite_to_account(
        account,
        "ana@norte.example",
        role=AccountRole.Role.ADMINISTRATOR,
        by=nuria,
        at=make.noon(date(2025, 8, 1)),
    )
    reminding.decide(at=make.noon(date(2025, 12, 29)))
    non_renewal.leave(account, by=nuria, at=make.noon(date(2026, 1, 2)))
    _asked_for_a_file(account, by=elena)
    return Account.objects.get(pk=account.pk)


def _texted(account: Account, person: Person, *, at: datetime) -> None:
    """Text a warning to somebody, which cannot leave and is given back, and another that leaves."""
    account = Account.objects.get(pk=account.pk)
    words = [
        Text(
            key=f"warning:{account.pk}:{number}",
            number="+34600000001",
            text=f"Aviso {number}",
            template="warning",
            language="es",
            send_before=at + timedelta(hours=1),
            account_id=account.pk,
            organisation_id=account.organisation_id,
            person_id=person.pk,
        )
        for number in range(2)
    ]
    messages = sorted(queue_texts(words, at=at).values())
    reserve_all([Cost(account.pk, message, 1) for message in messages], at=at)
    give_back(messages[:1], at=at)
    Message.objects.filter(pk=messages[0]).update(state="too late", settled_at=at)
    Message.objects.filter(pk=messages[1]).update(state="sent", settled_at=at)


def _asked_for_a_file(account: Account, *, by: Person) -> None:
    """Ask for a long export, and let the worker write it."""
    begun = running.ask(
        Download.Kind.ACCOUNT,
        by=by,
        at=OVER,
        file_name="hotel.zip",
        content_type="application/zip",
        rows=1,
        organisation=account.organisation,
        account=account,
        what={},
    )
    Download.objects.filter(pk=begun.pk).update(state=Download.State.DONE, kept_until=OVER)
    begun.parts.create(number=0, content=b"zip")


def in_codes(column: str, row: dict[str, object]) -> object:
    """Leave what a cell says as it is stored."""
    return row[column]


def take_export(account: Account, *, at: datetime = OVER) -> None:
    """Take the account's export away."""
    exporting.export(account, words=in_codes, by=make.commercial(), at=at).close()


def asked(account: Account, *, by: Person | None = None, at: datetime = OVER) -> Purge:
    """Export the account, and write down that its purge was asked, as the pages do."""
    take_export(account, at=at)
    return Purge.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        account_uid=account.uid,
        account_name=account.name,
        asked_by=by or make.commercial("Elena Cid"),
        asked_at=at,
        reason="Cerraron el hotel.",
    )
