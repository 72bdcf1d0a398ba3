"""What stops the server from running, said in one line."""


class ServerProblem(Exception):
    """The embedded server cannot run; the message says why and what to do."""
