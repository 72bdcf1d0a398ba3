"""«Eliminar la cuenta»: export and deletion of an expired account by the commercial department."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from vatio import clock
from vatio.accounts.models import Account
from vatio.downloads.models import Download
from vatio.export_words import in_words
from vatio.orders.models import Order
from vatio.purging import exporting, requesting
from vatio.purging.models import Export, Purge
from vatio.refusal import Refused
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.downloads import leave_to_worker
from vatio.web.shell.fields import clean_text

ZIP = "application/zip"


class PurgeForm(forms.Form):
    """The account's name, typed to confirm, and the reason for the deletion."""

    name = forms.CharField(
        label=gettext_lazy("Name of the account"), max_length=200, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea, required=False
    )

    def clean_reason(self) -> str:
        return clean_text(self.cleaned_data["reason"]).strip()


@only(COMMERCIAL)
def delete(request: Request, uid: UUID) -> HttpResponse:
    """Request an account's deletion (export first, then confirm), and show how far it has come."""
    at = clock.now()
    purges = Purge.objects.visible_to(request.user).filter(account_uid=uid)
    asked = purges.select_related("organisation", "asked_by").order_by("-id").first()
    if asked is not None and asked.done_at is not None:
        return _to_those_left(request, asked)
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("organisation"), uid=uid
    )
    form = PurgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            requesting.ask(account, **form.cleaned_data, by=request.user, at=at)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return redirect("account_delete", uid)
    return render(
        request,
        "accounts/delete.html",
        {
            "account": account,
            "asked": asked,
            "form": form,
            "refused": _refusal(lambda: requesting.ensure_over(account, at=at)),
            "unexported": _refusal(lambda: requesting.ensure_exported(account)),
            "exported": _last_export(request, account),
            "agreements": account.agreements.count(),
            "orders": Order.objects.visible_to(request.user).filter(account=account).count(),
            "people": account.roles.count(),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@only(COMMERCIAL)
def export(request: Request, uid: UUID) -> HttpResponseBase:
    """Return an archive of everything that an account has, and record that it was exported.

    A long one is left to the worker.
    """
    account = get_object_or_404(Account.objects.visible_to(request.user), uid=uid)
    at, name = clock.now(), f"{exporting.file_name(account)}.zip"
    rows = exporting.size(account)
    if rows <= exporting.AT_ONCE:
        made = exporting.export(account, words=in_words, by=request.user, at=at)
        return FileResponse(made, as_attachment=True, filename=name, content_type=ZIP)
    return leave_to_worker(
        Download.Kind.ACCOUNT,
        request,
        otherwise=("account_delete", uid),
        at=at,
        file_name=name,
        content_type=ZIP,
        rows=rows,
        organisation=account.organisation,
        account=account,
        what={},
    )


def _to_those_left(request: Request, done: Purge) -> HttpResponse:
    """Redirect to the expired accounts of the organisation, with the message of the deletion."""
    messages.success(
        request, _("%(account)s is deleted for ever.") % {"account": done.account_name}
    )
    left = f"{reverse('desk_accounts_expired')}?organisation={done.organisation.slug}"
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(left)
    return redirect(left)


def _last_export(request: Request, account: Account) -> Export | None:
    exports = Export.objects.visible_to(request.user).filter(account=account)
    return exports.select_related("made_by").order_by("-made_at", "-id").first()


def _refusal(check: Callable[[], None]) -> str:
    try:
        check()
    except Refused as refused:
        return str(refused)
    return ""


urlpatterns = [
    path("accounts/<uuid:uid>/delete/", delete, name="account_delete"),
    path("accounts/<uuid:uid>/delete/export/", export, name="account_export"),
]
