import pytest
from django.http import QueryDict

from vatio.web.shell.query_string import query_string


@pytest.mark.parametrize(
    ("asked", "changed", "written"),
    [
        ("", {}, "?"),
        ("q=hotel&after=W10", {}, "?q=hotel"),
        ("q=hotel&at=last&before=W10", {"after": "WzFd"}, "?q=hotel&after=WzFd"),
        ("sort=name&ends=30", {"sort": "-name"}, "?sort=-name&ends=30"),
        ("column=a&column=b&sort=name", {"at": "last"}, "?column=a&column=b&sort=name&at=last"),
        ("sort=a&sort=b", {"sort": "c"}, "?sort=c"),
        ("q=M%C3%A1laga+%26", {"order": ""}, "?q=M%C3%A1laga+%26&order="),
    ],
)
def test_what_is_not_changed_stays_but_the_place(
    asked: str, changed: dict[str, str], written: str
) -> None:
    parameters = QueryDict(asked)

    assert query_string(parameters, changed) == written
    assert parameters == QueryDict(asked)
