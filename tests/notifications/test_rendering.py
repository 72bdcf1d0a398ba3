import ast
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.alerts import filled as alerts
from tests.readings.stored import series
from vatio.accounts import adjusting, inviting, non_renewal, texting
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.sms_spending import Cost, reserve
from vatio.notices import choosing
from vatio.notices import digesting as news_digesting
from vatio.notifications import rendering
from vatio.notifications.models import Message
from vatio.notifications.news import HowTold
from vatio.notifications.work_done import Work, tell_done
from vatio.orders import commenting, deciding, digesting, lapsing
from vatio.orders.models import Order
from vatio.people import one_time_links
from vatio.people.models import Telephone
from vatio.reminders.deciding import decide
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db

SOURCE = Path(rendering.__file__).resolve().parents[1]


def metered(norte: Organisation, name: str = "Hotel & Luz") -> Account:
    """Open an account in which something is measured."""
    hotel = make.account(name, organisation=norte)
    series(15, of=hotel)
    return hotel


@pytest.fixture
def told(settings: Any) -> dict[str, Message]:
    norte = make.organisation("Norte & Eficiente")
    nuria = make.superadmin(norte)
    elena = make.commercial("Elena Cid")
    deciding.accept(make.opening_order(norte, "Hotel <Lugo>", by=nuria), by=elena, at=make.NOON)
    deciding.reject(
        make.opening_order(norte, "Hotel Soria", by=nuria),
        reason="Falta 1 < 2",
        by=elena,
        at=make.NOON,
    )
    hotel = make.account("Hotel & Playa", organisation=norte)
    non_renewal.leave(hotel, by=nuria, at=make.NOON)
    adjusting.give_courtesy(hotel, 5, reason="Por las obras < 3", by=elena, at=make.NOON)
    for organisation in (norte, make.organisation("Sin nadie")):
        make.account("Hotel «Sol»", organisation=organisation, starts_on=date(2025, 12, 1))
    full = make.account("Hotel & Bar", organisation=norte, version=make.licence("Uno", meters=1))
    make.meter(full)
    lights = make.account("Hotel & Faro", organisation=norte, sms_credits=1)
    reserve(Cost(lights.pk, 1, 1), at=make.NOON)
    settings.SMS_URL, settings.SMS_A_DAY_ACCOUNT = "http://127.0.0.1:1/", 0
    Telephone.objects.create(person=nuria, number="+34600000001", confirmed_at=make.NOON)
    texting.text([texting.WarningText(lights, nuria, "Luz", key="light:1")], at=make.NOON)
    settings.SMS_A_DAY_PERSON = 0
    texting.text([texting.WarningText(lights, nuria, "Luz", key="light:2")], at=make.NOON)
    settings.SMS_URL = ""
    episode = alerts.fill(metered(norte), by=nuria, at=make.NOON)
    alerts.tell_in_other_ways(episode, at=make.NOON)
    other = alerts.fill(metered(norte, "Hotel & Sol"), by=nuria, at=make.NOON)
    alerts.tell_of_several([episode, other], nuria, at=make.NOON)
    decide(at=make.NOON)
    asked = make.opening_order(norte, "Hotel Teruel", by=nuria)
    commenting.comment(asked, "¿Y los <cuadros>?", by=nuria, at=make.NOON)
    overdue = make.account("Hotel Viejo", organisation=norte, starts_on=date(2025, 9, 1))
    make.expansion_order(overdue, by=nuria, at=make.noon(date(2025, 10, 1)), meters=1)
    lapsing.lapse(at=make.NOON)
    one_time_links.invite(norte, "ana@norte.example", by=nuria, at=make.NOON)
    one_time_links.send_password_link(nuria.email, at=make.NOON)
    elena.digest = True
    elena.save(update_fields=["digest"])
    digesting.digest(at=make.NOON + timedelta(hours=1))
    tell_done(
        Work.READINGS,
        1,
        nuria,
        name="curva.csv",
        count=1,
        path=f"/accounts/{hotel.uid}/readings/import/",
        at=make.NOON,
        organisation=norte,
        account_id=hotel.pk,
    )
    choosing.choose(nuria, HowTold.DAILY, {})
    commenting.comment(asked, "Dos", by=elena, at=make.NOON)
    news_digesting.digest(at=make.NOON + timedelta(days=1))
    mails = Message.objects.filter(channel="email").order_by("id")
    return {message.template: message for message in mails}


def test_every_message_that_is_queued_is_written_in_both_languages(
    told: dict[str, Message],
) -> None:
    named = set()
    for path in SOURCE.rglob("*.py"):
        named |= set(re.findall(r"queue\(\s*f?\"(\w+)\"", path.read_text()))
    written = {path.name.split(".")[0] for path in rendering.FOLDER.glob("*.txt")}

    assert written == set(told)
    assert named <= written
    for message in told.values():
        spanish = rendering.render(message, address="https://vatio.example")
        message.language = "en"
        english = rendering.render(message, address="https://vatio.example")
        assert spanish.subject != english.subject
        assert "\n" not in spanish.subject
        assert spanish.text.count("https://vatio.example/") == 1
        assert spanish.page.count("https://vatio.example/") == 1


def test_of_an_alert_that_did_not_happen_no_word_says_that_it_is_over(
    told: dict[str, Message],
) -> None:
    alone, together = told["alert"], told["alerts_together"]
    alone.context |= {"withdrawn": True, "what": "closed"}
    together.context["episodes"][0] |= {"withdrawn": True, "what": "closed"}

    mail = rendering.render(alone, address="")
    listed = rendering.render(together, address="")

    undone = "No ocurrió: "
    assert mail.subject.startswith(undone)
    assert rendering.title_of(alone, language="es") == mail.subject
    assert (undone in listed.text, undone in listed.page) == (True, True)
    assert "Terminada" not in mail.subject + mail.text + listed.text + listed.page


def test_every_message_about_an_account_or_an_order_says_which(told: dict[str, Message]) -> None:
    hotel = Account.objects.get(name="Hotel & Playa")
    nuria = make.superadmin(hotel.organisation)
    inviting.invite_to_account(
        hotel, "leo@hotel.example", role=AccountRole.Role.VIEWER, by=nuria, at=make.NOON
    )
    invitation = Message.objects.latest("id")
    assert (invitation.template, invitation.account_id) == ("invitation", hotel.pk)

    said = set()
    for message in Message.objects.filter(secret=False, channel="email"):
        _root, thing, uid, *_rest = message.context["path"].split("/")
        about = (message.account_id, message.order_id)
        if thing == "accounts":
            assert about == (Account.objects.get(uid=uid).pk, None)
        elif thing == "orders":
            order = Order.objects.get(uid=uid)
            before = order.kind == "opening" and message.template != "order_accepted"
            assert about == (None if before else order.account_id, order.pk)
        else:
            assert about == (None, None)
        said.add((message.template, thing))

    assert said == {
        ("order_submitted", "orders"),
        ("order_comment", "orders"),
        ("order_accepted", "orders"),
        ("order_rejected", "orders"),
        ("order_lapsed", "orders"),
        ("account_leaving", "accounts"),
        ("account_adjusted", "accounts"),
        ("reminder", "accounts"),
        ("reminder_unheard", "accounts"),
        ("usage_near", "accounts"),
        ("sms_credits", "accounts"),
        ("sms_cap", "accounts"),
        ("sms_cap", "profile"),
        ("alert", "accounts"),
        ("alerts_together", "accounts"),
        ("alert_again", "accounts"),
        ("alerts_together_again", "accounts"),
        ("alerts_still", "notices"),
        ("orders_digest", "desk"),
        ("work_done", "accounts"),
        ("news_digest", "notices"),
    }


def test_whatever_is_queued_says_which_account_it_is_about_or_is_about_none() -> None:
    silent = [
        ast.unparse(call.args[0])
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "queue"
        if "account_id" not in {keyword.arg for keyword in call.keywords}
    ]

    assert sorted(silent) == ["'password_link'", "'sms_cap'", "STILL_OPEN", "TEMPLATE"]


def test_what_people_wrote_is_escaped_in_the_page_and_plain_in_the_text(
    told: dict[str, Message],
) -> None:
    accepted = rendering.render(told["order_accepted"], address="https://vatio.example")
    rejected = rendering.render(told["order_rejected"], address="https://vatio.example")

    assert "Hotel <Lugo>" in accepted.text
    assert "Hotel &lt;Lugo&gt;" in accepted.page
    assert "24 nov 2026" in accepted.text
    assert "Falta 1 &lt; 2" in rejected.page


def test_the_lines_of_what_people_wrote_stay_lines_in_the_page() -> None:
    for template, name in (
        ("order_rejected", "reason"),
        ("order_comment", "words"),
        ("account_adjusted", "reason"),
    ):
        context = {
            **dict.fromkeys(("number", "account", "by", "path"), "x"),
            "kind": "opening",
            "change": "credits",
            "credits": 5,
            "balance": 5,
            name: "Falta <b>\r\nel NIF\ny más",
        }
        message = Message(template=template, language="es", context=context)

        rendered = rendering.render(message, address="https://vatio.example")

        assert "Falta &lt;b&gt;<br>\nel NIF<br>\ny más" in rendered.page
        assert "Falta <b>\r\nel NIF\ny más" in rendered.text
        assert "\n" not in rendered.subject


def test_the_messages_that_let_somebody_in_are_secret(told: dict[str, Message]) -> None:
    secret = {name for name, message in told.items() if message.secret}
    assert secret == {"invitation", "password_link"}


def test_an_accepted_expansion_says_what_was_added() -> None:
    hotel = make.account("Hotel Lugo 012")
    order = make.expansion_order(hotel, meters=3, sms=100)

    deciding.accept(order, by=make.commercial(), at=make.NOON)

    message = Message.objects.filter(template="order_accepted").latest("id")
    text = rendering.render(message, address="https://vatio.example").text
    assert "Se ha añadido: Medidores +3, Créditos SMS +100." in text


def test_a_mail_sets_thousands_apart_as_its_reader_does() -> None:
    hotel, elena = make.account("Hotel Lugo 012"), make.commercial()
    make.superadmin(hotel.organisation)
    adjusting.adjust_credits(hotel, 14_800, reason="Migración", by=elena, at=make.NOON)
    adjusting.adjust_credits(hotel, -1_000, reason="Se pidieron de más", by=elena, at=make.NOON)
    message = Message.objects.filter(template="account_adjusted").latest("id")

    spanish = rendering.render(message, address="https://vatio.example").text
    message.language = "en"
    english = rendering.render(message, address="https://vatio.example").text

    assert "Créditos SMS: −1.000; ahora hay 13.800." in spanish
    assert "SMS credits: −1,000; there are 13,800 now." in english


def test_a_digest_sets_thousands_apart() -> None:
    context = {"count": 1_200, "orders": [], "path": "/desk/"}
    message = Message(template="orders_digest", language="es", context=context)

    digest = rendering.render(message, address="https://vatio.example")

    assert digest.subject == "1.200 solicitudes nuevas por revisar"
    assert "1.200" in digest.text
    assert "1.200" in digest.page
