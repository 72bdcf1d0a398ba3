"""Every address of Vatio; each page's own stand beside it."""

from vatio.web import (
    account,
    accounts,
    adjusting,
    calendars,
    colleagues,
    configuring,
    demo_clock,
    desk,
    entrance,
    first_use,
    growing,
    guide,
    imports,
    invitations,
    licences,
    mine,
    openings,
    orders,
    organisations,
    outbox,
    purging,
    renewals,
    renewing,
    rounds,
    talking,
)

handler400 = "vatio.web.errors.bad"
handler403 = "vatio.web.errors.forbidden"
handler404 = "vatio.web.errors.missing"
handler500 = "vatio.web.errors.broken"

urlpatterns = [
    *entrance.urlpatterns,
    *accounts.urlpatterns,
    *account.urlpatterns,
    *renewing.urlpatterns,
    *rounds.urlpatterns,
    *renewals.urlpatterns,
    *calendars.urlpatterns,
    *configuring.urlpatterns,
    *adjusting.urlpatterns,
    *purging.urlpatterns,
    *mine.urlpatterns,
    *colleagues.urlpatterns,
    *outbox.urlpatterns,
    *imports.urlpatterns,
    *guide.urlpatterns,
    *demo_clock.urlpatterns,
    *openings.urlpatterns,
    *growing.urlpatterns,
    *orders.urlpatterns,
    *talking.urlpatterns,
    *desk.urlpatterns,
    *organisations.urlpatterns,
    *licences.urlpatterns,
    *invitations.urlpatterns,
    *first_use.urlpatterns,
]
