"""The worker's tasks: each may run late, often, or twice at once without harm."""

from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from vatio import clock
from vatio.accounts import current_holdings, texting
from vatio.demo_clock import advancing
from vatio.downloads import running as downloads
from vatio.jobs import alerting, post, texts
from vatio.jobs.exports import WRITERS
from vatio.notices import digesting as news_digesting
from vatio.notifications import delivery
from vatio.orders import bulk_renewing, digesting, lapsing
from vatio.orders.models import BulkRenewal
from vatio.people import rate_limits
from vatio.portfolios import running
from vatio.portfolios.models import Import
from vatio.purging import deleting, requesting
from vatio.readings import keeping, storing_drafts
from vatio.reminders import deciding
from vatio.task_queue import each_by_itself

KEPT_HOURS = 72
"""For how many hours the row of a job that failed is kept; those that succeed leave none."""


@app.periodic(cron="* * * * *", queueing_lock="remind")
@app.task(name="remind")
def remind(timestamp: int) -> None:
    """Decide the reminders that are due."""
    deciding.decide(at=clock.now())


@app.task(name="send")
def send(timestamp: int) -> None:
    """Deliver the messages that are due; without a mail server, only blank those with dead links.

    At most two of these jobs run at a time: a slow mail server leaves room for other jobs. While
    the demo's clock moves, whoever moves it delivers each day's messages.
    """
    if not clock.follows():
        deliver()
        return
    with advancing.sending() as may_send:
        if may_send:
            deliver()


def deliver() -> int:
    """Deliver the mails that are due, and return how many left."""
    if settings.EMAIL_URL:
        return post.send_all().sent
    delivery.give_up_on_secrets(real=clock.real())
    return 0


def deliver_all() -> int:
    """Deliver the mails and the text messages that are due, and return how many left."""
    return deliver() + texts.send_texts().sent


@app.task(name=texting.TASK)
def send_texts(timestamp: int) -> None:
    """Deliver the text messages that are due.

    At most two of these jobs run at a time: the one that a text wakes, and the one of the clock.
    """
    if not clock.follows():
        texts.send_texts()
        return
    with advancing.sending() as may_send:
        if may_send:
            texts.send_texts()


app.periodic(
    cron="* * * * * */10",
    periodic_id=texting.TASK,
    lock=f"{texting.TASK}-2",
    queueing_lock=f"{texting.TASK}-2",
)(send_texts)


for _lock in ("send-1", "send-2"):
    app.periodic(cron="* * * * * */10", periodic_id=_lock, lock=_lock, queueing_lock=_lock)(send)


@app.periodic(cron="* * * * * */10", queueing_lock="follow_readings")
@app.task(name="follow_readings")
def follow_readings(timestamp: int) -> None:
    """Bring the months of the series that changed up to date, and the alerts on them."""
    alerting.follow()


@app.periodic(cron="* * * * *", queueing_lock="look_at_alerts")
@app.task(name="look_at_alerts", lock="look_at_alerts")
def look_at_alerts(timestamp: int) -> None:
    """Find what fell silent and which days are over, and tell what waited."""
    alerting.look()


@app.periodic(cron="*/5 * * * *", queueing_lock="digest")
@app.task(name="digest")
def digest(timestamp: int) -> None:
    """Queue the day's digests of new orders, once it is time for them."""
    digesting.digest(at=clock.now())


@app.periodic(cron="*/5 * * * *", queueing_lock="digest_news")
@app.task(name="digest_news")
def digest_news(timestamp: int) -> None:
    """Queue the daily digests of news, once it is time for them."""
    news_digesting.digest(at=clock.now())


@app.periodic(cron="*/5 * * * *", queueing_lock="lapse")
@app.task(name="lapse")
def lapse(timestamp: int) -> None:
    """Lapse the orders that can no longer be accepted."""
    lapsing.lapse(at=clock.now())


@app.periodic(cron="*/10 * * * *", queueing_lock="refresh_holdings")
@app.task(name="refresh_holdings")
def refresh_holdings(timestamp: int) -> None:
    """Bring the copies of what accounts hold up to date, so that lists stay quick."""
    current_holdings.refresh(at=clock.now())


@app.task(name=bulk_renewing.TASK)
def renew_in_bulk(number: int) -> None:
    """Submit the renewals of a bulk renewal."""
    bulk_renewing.carry_on(BulkRenewal.objects.get(pk=number), now=clock.now)


@app.task(name=running.TASK)
def import_portfolio(number: int) -> None:
    """Import a long portfolio."""
    running.carry_on(Import.objects.get(pk=number), now=clock.now)


@app.task(name=storing_drafts.TASK)
def import_readings(account: int, draft: str) -> None:
    """Store the readings of a long file, or of an archive."""
    storing_drafts.carry_on(account, UUID(draft), now=clock.now)


@app.periodic(cron="* * * * *", queueing_lock="carry_on")
@app.task(name="carry_on")
def carry_on(timestamp: int) -> None:
    """Continue the bulk renewals and imports whose own task failed half-way."""
    each_by_itself(
        (bulk_renewing.carry_all_on, running.carry_all_on, storing_drafts.carry_all_on),
        lambda resume: resume(now=clock.now),
    )


@app.task(name=requesting.TASK)
def purge(number: int) -> None:
    """Delete the account of a purge."""
    deleting.end(number, at=clock.now())


@app.periodic(cron="* * * * *", queueing_lock="purge_all")
@app.task(name="purge_all")
def purge_all(timestamp: int) -> None:
    """Delete the accounts of the purges whose own task did not run."""
    deleting.end_all(at=clock.now())


@app.task(name=downloads.TASK)
def write_download(number: int) -> None:
    """Write a file that a person asked for."""
    downloads.carry_on(number, writers=WRITERS, real=clock.real, now=clock.now)


@app.periodic(cron="* * * * *")
@app.task(name="write_downloads", lock="write_downloads", queueing_lock="write_downloads")
def write_downloads(timestamp: int) -> None:
    """Write the files whose own task failed half-way."""
    downloads.carry_all_on(writers=WRITERS, real=clock.real, now=clock.now)


@app.periodic(cron="17 * * * *")
@app.task(name="forget")
def forget(timestamp: int) -> None:
    """Delete the files that were kept long enough, and the rate limits that nobody is near."""
    downloads.forget_old(real=clock.real())
    rate_limits.forget_full(at=clock.real())
    keeping.forget_old(at=clock.now())


@app.periodic(cron="43 * * * *", queueing_lock="prune")
@app.task(name="prune")
async def prune(timestamp: int) -> None:
    """Delete the rows of jobs that failed, were aborted or cancelled, once they are old."""
    await app.job_manager.delete_old_jobs(
        KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
