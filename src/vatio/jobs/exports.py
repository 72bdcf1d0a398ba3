"""How the worker writes each kind of file that a person can ask for."""

from collections.abc import Mapping
from functools import partial
from typing import IO

from vatio.consumption import account_freshness
from vatio.downloads.models import Download
from vatio.downloads.running import Tell, Writer
from vatio.export_words import in_words
from vatio.portfolios import exporting as lists
from vatio.purging import exporting as accounts


def _write_account(begun: Download, tell: Tell) -> IO[bytes]:
    return accounts.write_download(begun, tell, words=in_words)


def _write_list(begun: Download, tell: Tell) -> IO[bytes]:
    fresh = partial(account_freshness.last_data, at=begun.asked_at)
    return lists.write(begun, tell, last_data=fresh)


WRITERS: Mapping[str, Writer] = {
    Download.Kind.ACCOUNTS: _write_list,
    Download.Kind.ACCOUNT: _write_account,
}
