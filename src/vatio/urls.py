"""The URL configuration; the addresses of each page are declared in the page's own module."""

from vatio.api import insertion, sms_receipts
from vatio.web.accounts import (
    account_list,
    account_page,
    adjusting,
    configuring,
    my_accounts,
    purging,
    sms_credits,
    sms_spent,
)
from vatio.web.alerts import alerts, episode_page, making, rule_page
from vatio.web.alerts import downloading as alerts_downloading
from vatio.web.analysis import (
    consumption,
    curve_data,
    data_quality,
    downloading,
    heat_map,
    overview,
    portfolio,
)
from vatio.web.catalogue import licences
from vatio.web.collection import all_lines, modem_pages
from vatio.web.demo import demo_clock
from vatio.web.downloads import downloads
from vatio.web.help import guide
from vatio.web.messages import messages
from vatio.web.metering import (
    accepting,
    calculated,
    calculated_form,
    contracts,
    data_points,
    found_changes,
    installation,
    inventory,
    line_calls,
    lines,
    lists,
    meters,
    rejecting,
    service,
    sites,
    source_tokens,
    sources,
    supply_points,
)
from vatio.web.notices import notices
from vatio.web.orders import commenting, desk, growth, opening, orders
from vatio.web.people import (
    account_people,
    colleagues,
    first_use,
    invitations,
    news_choice,
    organisations,
    profile,
    sign_in,
    telephones,
)
from vatio.web.portfolios import imports
from vatio.web.readings import deliveries, draft_page, uploading
from vatio.web.renewals import bulk_renewing, calendars, renewals, renewing
from vatio.web.shell import readiness

handler400 = "vatio.web.shell.errors.bad"
handler403 = "vatio.web.shell.errors.forbidden"
handler404 = "vatio.web.shell.errors.missing"
handler500 = "vatio.web.shell.errors.broken"

urlpatterns = [
    *sign_in.urlpatterns,
    *profile.urlpatterns,
    *telephones.urlpatterns,
    *news_choice.urlpatterns,
    *notices.urlpatterns,
    *readiness.urlpatterns,
    *insertion.urlpatterns,
    *sms_receipts.urlpatterns,
    *account_list.urlpatterns,
    *account_page.urlpatterns,
    *consumption.urlpatterns,
    *curve_data.urlpatterns,
    *heat_map.urlpatterns,
    *overview.urlpatterns,
    *downloading.urlpatterns,
    *alerts.urlpatterns,
    *alerts_downloading.urlpatterns,
    *making.urlpatterns,
    *rule_page.urlpatterns,
    *episode_page.urlpatterns,
    *renewing.urlpatterns,
    *bulk_renewing.urlpatterns,
    *renewals.urlpatterns,
    *calendars.urlpatterns,
    *configuring.urlpatterns,
    *adjusting.urlpatterns,
    *purging.urlpatterns,
    *sms_credits.urlpatterns,
    *sms_spent.urlpatterns,
    *my_accounts.urlpatterns,
    *portfolio.urlpatterns,
    *account_people.urlpatterns,
    *installation.urlpatterns,
    *lists.urlpatterns,
    *inventory.urlpatterns,
    *sites.urlpatterns,
    *supply_points.urlpatterns,
    *contracts.urlpatterns,
    *meters.urlpatterns,
    *found_changes.urlpatterns,
    *data_points.urlpatterns,
    *data_quality.urlpatterns,
    *lines.urlpatterns,
    *line_calls.urlpatterns,
    *sources.urlpatterns,
    *calculated.urlpatterns,
    *calculated_form.urlpatterns,
    *source_tokens.urlpatterns,
    *accepting.urlpatterns,
    *rejecting.urlpatterns,
    *uploading.urlpatterns,
    *draft_page.urlpatterns,
    *deliveries.urlpatterns,
    *service.urlpatterns,
    *all_lines.urlpatterns,
    *modem_pages.urlpatterns,
    *colleagues.urlpatterns,
    *messages.urlpatterns,
    *imports.urlpatterns,
    *downloads.urlpatterns,
    *guide.urlpatterns,
    *demo_clock.urlpatterns,
    *opening.urlpatterns,
    *growth.urlpatterns,
    *orders.urlpatterns,
    *commenting.urlpatterns,
    *desk.urlpatterns,
    *organisations.urlpatterns,
    *licences.urlpatterns,
    *invitations.urlpatterns,
    *first_use.urlpatterns,
]
