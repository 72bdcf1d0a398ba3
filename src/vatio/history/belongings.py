"""What of the history belongs to an account: the acts on it and on its orders."""

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
"""Acts are only ever added, and an account that lived long has many: they are streamed."""

BELONGINGS = (Belonging("history_act", OWN_OR_ORDERED),)
