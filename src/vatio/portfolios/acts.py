"""The acts of importing a portfolio: the sentence that the history shows for each."""

from django.utils.translation import gettext_lazy as _

from vatio.history.sentences import Wording, always
from vatio.portfolios import importing

RULES = {importing.RULE: _("the import")}
"""Name of the import where the command ran it and no person did."""

SENTENCES: dict[str, Wording] = {
    "account.imported": always(_("Imported from a spreadsheet"), "inbox", "good"),
}
