"""A real HTTP gateway for text messages on loopback, which can be told to misbehave."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from vatio.notifications.sms_gateway import Gateway, describe


class SmsBox:
    """What arrived, and how the next requests are answered: a status, or a way to break off."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.answers: list[object] = []
        self.port = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send?v=1"

    @property
    def gateway(self) -> Gateway:
        return describe(
            self.url, headers='{"Authorization": "Bearer s3"}', body="", id_path="messages.0.id"
        )

    def answer(self, content: dict[str, Any]) -> object:
        """Choose the answer to a request: the next of `answers`, or 200."""
        with self._lock:
            self.requests.append(content)
            answer = self.answers.pop(0) if self.answers else 200
            if answer in (200, "drop after", "endless", "huge"):
                self.taken.append(content)
            return answer


class MoodySmsBox(SmsBox):
    """Takes its time, is busy, refuses, and hangs up before or after it took a message."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = random.Random(seed)

    def answer(self, content: dict[str, Any]) -> object:
        time.sleep(self.dice.choice([0, 0, 0.005, 0.03]))
        self.answers = self.dice.choices(
            [200, 400, 503, "drop", "drop after"], weights=[20, 3, 2, 1, 1]
        )
        return super().answer(content)


@contextmanager
def open_sms_box(box: SmsBox | None = None) -> Iterator[SmsBox]:
    """Serve a gateway on a free port while the block runs."""
    box = box or SmsBox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            content = {"path": self.path, "headers": dict(self.headers), "body": body}
            if self.headers["Content-Type"].startswith("application/json"):
                content |= json.loads(body)
            answer = box.answer(content)
            if answer in ("drop", "drop after"):
                self.close_connection = True
                self.connection.close()
                return
            status = answer if isinstance(answer, int) else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{box.port}/elsewhere")
            if answer == "huge":
                self.end_headers()
                try:
                    for _each in range(10_000):
                        self.wfile.write(b"x" * 10_000)
                except OSError:
                    return
                return
            known = json.dumps({"messages": [{"id": f"g-{len(box.taken)}"}]}).encode()
            self.send_header("Content-Length", str(len(known)))
            self.end_headers()
            self.wfile.write(known)

        def log_message(self, *_arguments: object) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):
                return

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
