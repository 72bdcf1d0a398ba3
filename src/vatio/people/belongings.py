"""What is exported and deleted of an account among the one-time links: its invitations."""

from django.utils.translation import gettext_lazy as _

from vatio.tenants.belongings import Belonging, Subject, person, plain

SUBJECTS = (
    Subject(
        "invitations",
        _("Invitations"),
        {
            **plain("email", "role"),
            "made_by": person("made_by_id"),
            **plain("made_at", "lapses_at", "used_at", "withdrawn_at"),
        },
        "people_onetimelink",
        headings={
            "lapses_at": _("Until"),
            "used_at": _("Used"),
            "withdrawn_at": _("Withdrawn"),
        },
    ),
)

BELONGINGS = (Belonging("people_onetimelink"),)
