"""A load curve of a year in the browser: until it is first painted, and while somebody zooms."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import override_settings
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.ground import measuring, platform
from tests.browser import curve_page

SIZE: ViewportSize = {"width": 1440, "height": 900}
FIRST_PAINT = """addEventListener("curve:drawn", ({detail}) => {
  const since = performance.getEntriesByType("resource").find(({name}) => name.includes(".json"));
  requestAnimationFrame(() => setTimeout(() => {
    window.curve = {...detail, painted: performance.now(), answered: since.responseEnd};
  }));
});"""
"""The frame that follows the drawing has been painted when a task after it runs."""
ZOOM = """(frames) => new Promise((finish) => {
  const {view} = window.curve;
  const {first, ends} = view.measured;
  const [between, work] = [[], []];
  let frame = 0;
  let last = null;
  const step = (now) => {
    if (last !== null) between.push(now - last);
    last = now;
    if (frame === frames) return finish({between, work});
    const share = (1 - Math.cos((frame++ / frames) * 2 * Math.PI)) / 2;
    const span = (ends - first) ** (1 - share) * 86400 ** share;
    const begun = performance.now();
    view.show(first + (ends - first - span) * 0.6, first + (ends - first - span) * 0.6 + span);
    queueMicrotask(() => work.push(performance.now() - begun));
    return requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
"""In and out again between the year and a day of it, a step a frame, through all three levels."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_told: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """Serve the invented year of the browser's tests; its figures are computed beforehand."""
    with override_settings(ROOT_URLCONF="tests.browser.curve_page"):
        curve_page.slots("es")
        server = make_server("127.0.0.1", 0, WSGIHandler(), _Server, _Silent)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/curve/slots/es/"
        finally:
            server.shutdown()


def first_paint(page: Page, address: str) -> dict[str, float]:
    """Open the page anew; return the ms from the navigation, and from the answer, to the paint."""
    page.goto(address)
    while not page.evaluate("'curve' in window"):
        page.wait_for_timeout(20)
    told: dict[str, float] = page.evaluate(
        "({opened: curve.painted, answered: curve.painted - curve.answered})"
    )
    return told


def p95(milliseconds: list[float]) -> float:
    """Return the 95th percentile."""
    return round(sorted(milliseconds)[int(len(milliseconds) * 0.95)], 2)


def measure(address: str, *, times: int, frames: int) -> dict[str, Any]:
    """Open the page some times in a browser without a cache, and zoom through it once each."""
    paints, between, work = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for _time in range(times):
            page = browser.new_context(viewport=SIZE).new_page()
            page.add_init_script(FIRST_PAINT)
            paints.append(first_paint(page, address))
            told = page.evaluate(ZOOM, frames)
            between += told["between"]
            work += told["work"]
            page.context.close()
        browser.close()
    return {
        "first_paint": {
            name: measuring.spread([each[name] for each in paints])
            for name in ("opened", "answered")
        },
        "zooming": {
            "frame": {**measuring.spread(between), "p95_ms": p95(between)},
            "work": {**measuring.spread(work), "p95_ms": p95(work)},
        },
    }


def main() -> None:
    """Measure a year of quarter hours at 1440 by 900."""
    options = measuring.arguments(__doc__ or "", times=10, frames=240)
    platform.fresh()
    machine = measuring.machine()
    connection.close()
    with served() as address:
        told = measure(address, times=options.times, frames=options.frames)
    measuring.report(
        {
            "measured": "zooming",
            "slots": len(curve_page.slots("es")["curves"][0]["values"]),
            **told,
            "machine": machine,
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
