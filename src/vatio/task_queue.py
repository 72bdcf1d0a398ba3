"""Gives the worker something to do, by the name of its task."""

from procrastinate.contrib.django import app


def defer(task: str, **arguments: int | str) -> None:
    """Queue a task for the worker, in the transaction of what causes it.

    Nothing is queued if the transaction fails, and no worker sees it before it ends. A task
    may run late or twice: what it works on says by itself whether anything is left to do.
    """
    app.configure_task(task).defer(**arguments)
