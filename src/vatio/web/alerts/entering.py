"""Who comes in to an account's alerts, and what they may do there."""

from datetime import datetime
from uuid import UUID

from django.http import Http404

from vatio.accounts.models import Account
from vatio.alerts.making import may_be_told
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.consumption.entering import record_entry
from vatio.web.shell.access import Request
from vatio.web.shell.account_frame import AccountFrame, enter


def look(request: Request, *, at: datetime) -> AccountFrame:
    """Return the frame of a page of alerts; the commercial department leaves a trace."""
    frame = enter(request)
    record_entry(frame.account, by=request.user, at=at)
    return frame


def may_acknowledge(frame: AccountFrame, request: Request) -> bool:
    """Return whether somebody is one of those whom alerts of the account are for."""
    if frame.leads or frame.administers:
        return True
    return may_be_told(frame.account).filter(pk=request.user.pk).exists()


def rule_of(account: Account, uid: UUID, request: Request) -> AlertRule:
    """Return a rule of an account, removed or not; somebody else's is a 404."""
    own = AlertRule.objects.visible_to(request.user).filter(account=account, uid=uid)
    found = own.select_related("account", "organisation", "made_by").first()
    if found is None:
        raise Http404
    return found


def episode_of(account: Account, uid: UUID, request: Request) -> AlertEpisode:
    """Return an episode of an account; somebody else's is a 404."""
    own = AlertEpisode.objects.visible_to(request.user).filter(account=account, uid=uid)
    found = own.select_related(
        "rule", "rule__account", "rule__organisation", "acknowledged_by"
    ).first()
    if found is None:
        raise Http404
    return found
