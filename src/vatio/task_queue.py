"""Defers tasks to the worker, by their names."""

from procrastinate.contrib.django import app


def defer(task: str, **arguments: int | str) -> None:
    """Queue a job for the worker, in the transaction of the change that needs the job.

    No job is left if the transaction fails, and no worker sees the job before the commit. A
    task may run late or twice: it reads from the rows whether anything is left to do.
    """
    app.configure_task(task).defer(**arguments)
