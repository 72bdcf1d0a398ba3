"""What is exported and deleted of an account in the history: the acts on it and its orders."""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import (
    MAX_ID,
    ORDER,
    OWN_OR_ORDERED,
    Belonging,
    Subject,
    person,
    plain,
)

SUBJECTS = (
    Subject(
        "history",
        _("History"),
        {
            "at": "own.at",
            "by": person("person_id"),
            **plain("rule", "verb"),
            "order": ORDER,
            "facts": "own.facts",
        },
        "history_act",
        OWN_OR_ORDERED,
        headings={"verb": _("What happened"), "facts": _("Facts")},
        watermark=MAX_ID,
    ),
)
"""The history is append-only and may be long, so acts up to the highest id are streamed."""

BELONGINGS = (Belonging("history_act", OWN_OR_ORDERED),)
