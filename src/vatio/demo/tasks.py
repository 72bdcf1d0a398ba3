"""The worker's tasks in the demo alone: its clock, its readings, and its gateways."""

from procrastinate.contrib.django import app

from vatio import clock
from vatio.demo import filling, passing
from vatio.demo_clock import advancing
from vatio.jobs.tasks import deliver_all


@app.periodic(cron="* * * * *", lock="advance", queueing_lock="advance")
@app.task(name=advancing.TASK)
def advance(timestamp: int) -> None:
    """Move the demo's clock by the days that it has yet to go."""
    if clock.follows() and advancing.days_to_go():
        advancing.carry_on(deliver_all, arrive=passing.on_each_day)


@app.task(name=filling.TASK)
def fill_demo() -> None:
    """Store the next chunk of the demo's readings: a job for each, so that workers can stop."""
    if filling.fill_next(at=clock.now()):
        filling.go_on()


@app.periodic(cron="* * * * *", lock="arrive", queueing_lock="arrive")
@app.task(name="arrive")
def arrive(timestamp: int) -> None:
    """Bring what the demo's clock has passed, and fill on if that has stopped half-way."""
    if clock.follows():
        filling.go_on()
        passing.catch_up()
