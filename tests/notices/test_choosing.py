import pytest

from tests import make
from tests.notices.news import tell
from vatio.notices.choosing import GENERAL, choices_of, choose
from vatio.notifications.models import Message
from vatio.notifications.news import HowTold, NewsKind
from vatio.notifications.queueing import Recipient, queue, queue_to_leaders
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def nuria() -> Person:
    return make.superadmin(make.organisation())


def test_who_chose_nothing_is_told_at_once_and_of_work_on_the_page_alone(nuria: Person) -> None:
    told = tell(nuria, "Hotel")
    work = tell(nuria, "work", template="work_done")

    assert (told.state, told.news, told.settled_at) == ("queued", "account", None)
    assert (work.state, work.news, work.settled_at) == ("here", "work", make.NOON)
    assert choices_of(nuria) == {GENERAL: "at once", "work": "here"}


@pytest.mark.parametrize(
    ("how", "state"), [("at once", "queued"), ("daily", "gathered"), ("here", "here")]
)
def test_what_is_chosen_in_general_is_true_of_all_but_work(
    nuria: Person, how: str, state: str
) -> None:
    choose(nuria, HowTold(how), {NewsKind.WORK: HowTold.HERE})

    states = {each: tell(nuria, each, template=each).state for each in ("reminder", "alert")}

    assert states == {"reminder": state, "alert": state}
    assert tell(nuria, "work", template="work_done").state == "here"


def test_a_kind_apart_goes_its_own_way_and_back_with_the_rest(nuria: Person) -> None:
    choose(nuria, HowTold.DAILY, {NewsKind.ALERTS: HowTold.AT_ONCE, NewsKind.WORK: HowTold.DAILY})
    alert, work = tell(nuria, "1", template="alert"), tell(nuria, "2", template="work_done")

    choose(nuria, HowTold.HERE, {})
    later, rest = tell(nuria, "3", template="alert"), tell(nuria, "4")

    assert (alert.state, work.state) == ("queued", "gathered")
    assert (later.state, rest.state) == ("here", "here")
    assert choices_of(nuria) == {GENERAL: "here", "work": "here"}


def test_another_persons_choice_changes_nothing(nuria: Person) -> None:
    choose(make.superadmin(make.organisation()), HowTold.HERE, {NewsKind.ACCOUNT: HowTold.HERE})

    assert tell(nuria, "Hotel").state == "queued"


def test_who_queues_may_say_on_the_page_only(nuria: Person) -> None:
    choose(nuria, HowTold.AT_ONCE, {NewsKind.ACCOUNT: HowTold.DAILY})

    assert tell(nuria, "Hotel", here=True).state == "here"


def test_an_address_without_a_person_gets_its_mail_at_once_and_has_no_notice() -> None:
    recipients = [
        Recipient("avisos@norte.example", "es"),
        Recipient("nadie@norte.example", "es", here=True),
    ]

    queue("reminder", recipients, key="x", context={}, at=make.NOON)

    message = Message.objects.get()
    assert (message.address, message.state, message.news) == ("avisos@norte.example", "queued", "")


def test_links_and_digests_are_never_kept_back(nuria: Person) -> None:
    choose(nuria, HowTold.HERE, {})
    for template in ("password_link", "orders_digest", "news_digest", "invitation"):
        tell(nuria, template, template=template, here=True)
    queue("reminder", [Recipient.of(nuria)], key="secret", context={}, at=make.NOON, secret=True)

    mine = Message.objects.filter(person=nuria)
    assert set(mine.values_list("state", "news")) == {("queued", "")}
    assert mine.count() == 5


def test_who_leads_is_told_as_they_chose_though_notices_go_to_their_address(
    nuria: Person,
) -> None:
    norte = nuria.memberships.get().organisation
    norte.notice_address = nuria.email
    norte.save(update_fields=["notice_address"])
    choose(nuria, HowTold.HERE, {})

    queue_to_leaders("order_lapsed", norte, key="x", context={}, at=make.NOON)
    recipients = [Recipient.of(nuria), Recipient(nuria.email, "es")]
    queue("reminder", recipients, key="y", context={}, at=make.NOON)

    assert set(Message.objects.filter(address=nuria.email).values_list("person", "state")) == {
        (nuria.pk, "here")
    }
