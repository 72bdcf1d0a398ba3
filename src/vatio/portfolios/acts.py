"""The acts of importing a portfolio: the sentence that the history shows for each."""

from django.utils.translation import gettext_lazy as _

from vatio.history.sentences import Wording, always
from vatio.portfolios import importing

RULES = {importing.RULE: _("the import")}
"""What the import is called, where it is the command's and nobody's."""

SENTENCES: dict[str, Wording] = {
    "account.imported": always(_("Imported from a spreadsheet"), "inbox", "good"),
}
