"""Carries out the plan of an inventory: all of it or nothing, with a statement for each table."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.entitlements.limits import LimitReached
from vatio.history.models import Act
from vatio.history.recording import record
from vatio.metering.allocating import settle_all
from vatio.metering.inventory.installed import MODELS, Installed, names_of
from vatio.metering.inventory.planning import InventoryPlan, in_full, plan
from vatio.metering.inventory.reading import CellFault, FaultyInventory, Inventory
from vatio.metering.models import Service
from vatio.metering.refusals import in_words
from vatio.refusal import Refused
from vatio.tenants.models import Person

RULE = "inventory"
AT_A_TIME = 2_000
WRITTEN = (
    *("sites", "sources", "supply_points", "meters", "contracts"),
    *("measurements", "data_points", "series", "rtc_lines", "devices"),
)
TOLD = ("sites", "sources", "supply_points", "meters", "data_points", "rtc_lines")
"""The kinds whose changes the history tells one by one; all are counted."""


@transaction.atomic
def carry_out(
    account: Account, inventory: Inventory, *, file_name: str, by: Person | None, at: datetime
) -> InventoryPlan:
    """Import an inventory, all or nothing, and return what was done.

    The account is locked, and what the file means is computed anew: whoever imports the same
    file at the same time waits, and finds nothing left to do.

    :raises FaultyInventory: if the file has faults, or adds more than the account holds.
    """
    lock(account)
    found = plan(account, inventory, at=at, locking=True)
    if found.faults:
        raise FaultyInventory(found.faults)
    if not found.changes:
        return found
    try:
        with in_words():
            _write(found.installed, at=at)
        settle_all(account, at=at)
    except LimitReached as limit:
        raise FaultyInventory([CellFault("", 0, "", in_full(limit))]) from None
    except Refused as refused:
        words = _("Somebody changed the installation meanwhile: %(why)s") % {"why": refused}
        raise FaultyInventory([CellFault("", 0, "", words)]) from None
    _tell(found, file_name=file_name, by=by, at=at)
    return found


def _write(installed: Installed, *, at: datetime) -> None:
    """Write what is new and what changed, what is freed first: a key can pass to another."""
    changed = {kind: _changed(installed, kind, at=at) for kind in WRITTEN}
    for leaving in (True, False):
        for kind in WRITTEN:
            for names, things in changed[kind].items():
                now = [each for each in things if _is_leaving(each) == leaving]
                MODELS[kind].objects.bulk_update(  # type: ignore[attr-defined]
                    now, names, batch_size=AT_A_TIME
                )
            if not leaving:
                _insert(installed, kind)


def _is_leaving(thing: Any) -> bool:
    return getattr(thing, "service", "") == Service.RETIRED


def _insert(installed: Installed, kind: str) -> None:
    new = [each for each in installed.things[kind] if installed.is_new(each)]
    if kind == "sites":
        for depth in range(1, 7):
            _bulk_create(kind, [each for each in new if len(names_of(each)) == depth])
    else:
        _bulk_create(kind, new)


def _bulk_create(kind: str, new: list[Any]) -> None:
    MODELS[kind].objects.bulk_create(new, batch_size=AT_A_TIME)  # type: ignore[attr-defined]


def _changed(installed: Installed, kind: str, *, at: datetime) -> dict[tuple[str, ...], list[Any]]:
    """Return the stored things of a kind that changed, by the names of the fields that did."""
    found = dict[tuple[str, ...], list[Any]]()
    for thing in installed.things[kind]:
        names = [] if installed.is_new(thing) else installed.changes(thing)
        if "service" in names:
            thing.service_since = at
            names.append("service_since")
        if names:
            found.setdefault(tuple(names), []).append(thing)
    return found


def _tell(found: InventoryPlan, *, file_name: str, by: Person | None, at: datetime) -> None:
    """Record each change of a thing in the history, and the import as a whole after them."""
    account = found.account
    acts = [
        *_acts("installation.added", found, "added"),
        *_acts("installation.changed", found, "changed"),
        *_acts("installation.retired", found, "retired"),
        *_acts("installation.returned", found, "returned"),
    ]
    for act in acts:
        act.at, act.person, act.rule = at, by, "" if by else RULE
    Act.objects.bulk_create(acts, batch_size=AT_A_TIME)
    counts = {what: found.count(what) for what in ("added", "changed", "retired", "returned")}
    record(
        "inventory.imported",
        at=at,
        by=by,
        rule="" if by else RULE,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"file": file_name, **counts},
    )


def _acts(verb: str, found: InventoryPlan, what: str) -> list[Act]:
    """Return an act for each thing that the plan adds, changes, retires or puts back."""
    return [
        Act(
            verb=verb,
            organisation_id=found.account.organisation_id,
            account_id=found.account.pk,
            facts={"kind": MODELS[change.kind].__name__, "name": change.name},
        )
        for change in found.changes
        if change.what == what and change.kind in TOLD
    ]
