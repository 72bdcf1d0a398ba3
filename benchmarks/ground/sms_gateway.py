"""An HTTP gateway for text messages on loopback, in a process of its own, that says what came."""

import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection


class TakenTexts:
    """When each number's first text had been taken, and how many were."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.port = port
        self.at: dict[str, float] = {}
        self.count = 0
        self._pipe = pipe

    def wait(self, seconds: float) -> bool:
        """Wait for the next text, at most so long; return whether one came.

        Its time is in seconds of the monotonic clock, which all processes share.
        """
        if not self._pipe.poll(seconds):
            return False
        number, at = self._pipe.recv()
        self.at.setdefault(number, at)
        self.count += 1
        return True


@contextmanager
def opened() -> Iterator[TakenTexts]:
    """Start a gateway in a process of its own, and terminate it at the end."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()
    try:
        yield TakenTexts(here.recv(), here)
    finally:
        process.terminate()
        process.join()


def _serve(there: Connection) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.send((body["to"], time.monotonic()))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.send(server.server_address[1])
    server.serve_forever()
