"""Finds what a command names: an organisation, an account of it, a source of the account."""

import argparse

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.metering.models import DataSource
from vatio.refusal import Refused
from vatio.tenants.folding import fold_in_database, tidy
from vatio.tenants.models import Organisation


def organisation_called(name: str) -> Organisation:
    """Return the organisation of a name, whatever its case and accents.

    :raises Refused: if none is called so.
    """
    organisation = Organisation.objects.filter(name_folded=fold_in_database(tidy(name))).first()
    if organisation is None:
        raise Refused(_("There is no organisation called «%(name)s».") % {"name": name})
    return organisation


def account_of(arguments: argparse.Namespace) -> Account:
    """Return the account that `--account` and `--organisation` name.

    :raises Refused: if there is no such organisation, or it has no such account.
    """
    return account_called(arguments.account, of=organisation_called(arguments.organisation))


def account_called(name: str, *, of: Organisation) -> Account:
    """Return the account of a name in an organisation, whatever its case and accents.

    :raises Refused: if none is called so.
    """
    account = of.accounts.filter(name_folded=fold_in_database(tidy(name))).first()
    if account is None:
        raise Refused(
            _("%(organisation)s has no account called «%(name)s».")
            % {"organisation": of.name, "name": name}
        )
    return account


def source_called(name: str, *, of: Account) -> DataSource:
    """Return the data source of a name in an account, whatever its case and accents.

    :raises Refused: if none is called so.
    """
    source = of.datasources.filter(name_folded=fold_in_database(tidy(name))).first()
    if source is None:
        raise Refused(
            _("%(account)s has no data source called «%(name)s».")
            % {"account": of.name, "name": name}
        )
    return source
