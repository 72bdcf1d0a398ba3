import pytest

from vatio.notifications.labels import HOW, MESSAGE_STATES, NEWS
from vatio.notifications.models import Message
from vatio.notifications.news import KINDS_OF_TEMPLATES, NO_NEWS, HowTold, NewsKind
from vatio.notifications.rendering import FOLDER


def test_every_mail_is_news_of_a_kind_or_none() -> None:
    written = {path.name.split(".")[0] for path in FOLDER.glob("*.subject.txt")}

    assert set(KINDS_OF_TEMPLATES) | NO_NEWS == written
    assert set(KINDS_OF_TEMPLATES) & NO_NEWS == set()
    assert set(KINDS_OF_TEMPLATES.values()) == set(NewsKind)


@pytest.mark.parametrize(
    ("labels", "values"),
    [(NEWS, NewsKind.values), (HOW, HowTold.values), (MESSAGE_STATES, Message.State.values)],
)
def test_every_kind_way_and_state_has_its_words(labels: dict, values: list[str]) -> None:
    assert list(labels) == values
