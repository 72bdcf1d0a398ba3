"""«Crear una alerta», and changing one: a form, and what it would have found beside it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.alerts import making
from vatio.alerts.details import COLUMNS, complete
from vatio.alerts.foreseeing import DAYS, ForeseenEpisodes, ManyTexts
from vatio.alerts.kinds import AlertKind, Severity
from vatio.alerts.listing import rules_of
from vatio.alerts.making import AlertGone
from vatio.alerts.models import AlertRule
from vatio.alerts.reconciling import moment
from vatio.alerts.things import grouped, site_of
from vatio.alerts.wording import lasted, things_of, unit_of
from vatio.entitlements.limits import why_closed
from vatio.notifications.sms_segments import without_accents
from vatio.web.alerts import recipients, suggesting
from vatio.web.alerts.entering import rule_of
from vatio.web.alerts.picture import AlertPicture, picture
from vatio.web.alerts.rule_form import AlertForm, of_rule
from vatio.web.alerts.words import with_unit
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import AccountFrame, enter

MOST_SHOWN = 5
"""How many of the episodes that were foreseen are listed, the latest first."""

PLAIN = "plain"
"""The name of the button that spells the text of the SMS without accents."""

TRY = "try"
"""The name of the button that asks what an alert would have found, and of the value of a part."""


@dataclass(frozen=True)
class ForeseenLine:
    """An episode that would have been: when it would have begun, how long, and its worst value."""

    begins: datetime
    lasted: str
    worst: str


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Make an alert; what it would have found is shown before it is saved."""
    frame = enter(request, to_change=True)
    account, at = frame.account, clock.now()
    asked = _asked(request)
    form = AlertForm(
        asked,
        account=account,
        initial=suggesting.prefilled(request.GET),
        told={request.user.pk: (True, False)},
    )
    if asked is not None and TRY not in asked and form.is_valid():
        made = form.attempt(lambda: _make(form, request, at=at))
        if made:
            messages.success(request, _("Alert made: %(name)s") % {"name": made.name})
            _say_of_texts(form, request)
            return redirect("alert_rule", uid, made.uid)
    return _show(request, frame, form, title=_("Make an alert"), at=at)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, rule: UUID) -> HttpResponse:
    """Change an alert; one that was removed meanwhile can be made anew with what was written."""
    frame = enter(request, to_change=True)
    account, at = frame.account, clock.now()
    own = rule_of(account, rule, request)
    asked = _asked(request)
    if asked is None and own.removed_at is not None:
        messages.warning(request, _("This alert was removed meanwhile."))
        return redirect("alert_rule", uid, rule)
    subjects, _names = things_of(account, [own])
    subject = subjects.get(own.pk)
    unit = unit_of(own, subject.quantity, subject.unit) if subject else None
    form = AlertForm(
        asked,
        account=account,
        initial=of_rule(own, unit),
        told=recipients.stored(own.recipients.all()),
        rule=own,
    )
    if asked is not None and TRY not in asked and form.is_valid():
        changed = form.attempt(lambda: _change(own, form, request, at=at))
        if changed:
            messages.success(request, _("Alert changed: %(name)s") % {"name": changed.name})
            _say_of_texts(form, request)
            return redirect("alert_rule", uid, rule)
    title = _("Change %(name)s") % {"name": own.name}
    return _show(request, frame, form, title=title, at=at)


def _asked(request: Request) -> QueryDict | None:
    """Return what a form was sent with: its text without accents, where that was asked for."""
    if request.method != "POST":
        return None
    if PLAIN not in request.POST:
        return request.POST
    changed = request.POST.copy()
    changed["sms_text"] = without_accents(changed.get("sms_text", ""))
    changed[TRY] = "page"
    return changed


def _make(form: AlertForm, request: Request, *, at: datetime) -> AlertRule:
    assert form.row is not None
    form.ensure_few_texts(at=at)
    return making.make_alert(
        form.row,
        form.chosen_kind,
        form.details(),
        recipients=form.told(),
        by=request.user,
        at=at,
    )


def _change(rule: AlertRule, form: AlertForm, request: Request, *, at: datetime) -> AlertRule:
    form.ensure_few_texts(at=at)
    return making.change_alert(rule, form.details(), recipients=form.told(), by=request.user, at=at)


def _say_of_texts(form: AlertForm, request: Request) -> None:
    """Say of an alert whose boxes of SMS are ticked in vain that no SMS will leave."""
    if any(each.by_sms for each in form.people) and form.details().severity != Severity.HIGH:
        messages.warning(
            request,
            _("It sends no SMS: they are for alerts of high severity. Mails leave all the same."),
        )
    without = [each for each in form.people if each.by_sms and not each.has_telephone]
    if without:
        names = ", ".join(each.person.name for each in without)
        messages.warning(
            request,
            _("Without a confirmed telephone, no SMS reaches %(names)s.") % {"names": names},
        )


def _show(
    request: Request, frame: AccountFrame, form: AlertForm, *, title: str, at: datetime
) -> HttpResponse:
    """Render the form, or only what it would have found, where a part of the page is asked for."""
    account = frame.account
    is_part = "HX-Request" in request.headers and TRY in request.POST
    is_tried = TRY in form.data
    foreseen = form.foresee(at=at) if is_tried or form.refused else None
    faults = [] if is_tried else _faults(form)
    unit = form.unit
    known = {
        "account": account,
        "form": form,
        "at": at,
        "is_part": is_part,
        "is_tried": is_tried,
        "foreseen": foreseen,
        "foreseen_days": DAYS,
        "drawn": _drawn(form, foreseen, at=at),
        "lines": _lines(form, foreseen),
        "speaks_daily": bool(foreseen and foreseen.speaks_daily(account.time_zone, at=at)),
        "is_silence": form.chosen_kind == AlertKind.SILENCE,
        "unit": unit.name if unit else "",
        "try_name": TRY,
        "text_size": form.text_size,
    }
    if is_part:
        return render(request, "alerts/foreseen.html", known)
    site = site_of(form.row) if form.row is not None else None
    gone = isinstance(form.refused, AlertGone)
    return render(
        request,
        "alerts/rule_form.html",
        {
            **known,
            "title": title,
            "faults": faults,
            "groups": grouped(form.watchable),
            "closed": why_closed(account, at=at) if form.rule is None else "",
            "many_texts": isinstance(form.refused, ManyTexts),
            "gone": gone,
            "site": site,
            "severities": Severity,
            "has_rules": rules_of(account).exists(),
        },
        status=422 if faults else 200,
    )


def _faults(form: AlertForm) -> list[tuple[str, str]]:
    """Return what is wrong in words, each with the id of its field, if it is about one."""
    if isinstance(form.refused, ManyTexts):
        return []
    beside = [
        (bound.auto_id, f"{bound.label}: {bound.errors[0]}") for bound in form if bound.errors
    ]
    return [*(("", str(error)) for error in form.non_field_errors()), *beside]


def _drawn(
    form: AlertForm, foreseen: ForeseenEpisodes | None, *, at: datetime
) -> AlertPicture | None:
    if foreseen is None or foreseen.curve is None or form.row is None:
        return None
    details = form.details()
    rule = AlertRule(
        kind=form.chosen_kind,
        **{COLUMNS[type(form.row)]: form.row},
        **complete(form.row, form.chosen_kind, details),
    )
    stretches = [
        (moment(each.begins), moment(each.ends) if each.ends is not None else None)
        for each in foreseen.episodes
    ]
    return picture(foreseen.curve, rule, stretches, now=at.timestamp())


def _lines(form: AlertForm, foreseen: ForeseenEpisodes | None) -> list[ForeseenLine]:
    unit = form.unit
    if foreseen is None or unit is None:
        return []
    return [
        ForeseenLine(
            moment(each.begins),
            lasted(moment(each.ends if each.ends is not None else each.last) - moment(each.begins)),
            with_unit(each.worst / unit.factor, unit.name),
        )
        for each in list(foreseen.episodes)[: -MOST_SHOWN - 1 : -1]
    ]


PLACE = "accounts/<uuid:uid>/alerts"

urlpatterns = [
    path(f"{PLACE}/new/", new, name="alert_new"),
    path(f"{PLACE}/rules/<uuid:rule>/change/", change, name="alert_change"),
]
