"""Takes the guide's pictures out of the pages that a test has come to."""

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from vatio.web.help.guide import PICTURES

FOLDER = Path(__file__).resolve().parents[2] / "src/vatio/web/help/static/help"
TAKE = os.environ.get("PICTURES") == "1"
"""With PICTURES=1 the guide's pictures are taken anew; else only what is missing is."""

BAR, SPACE = 60, 12
"""Pixels: the bar that stays at the top of every page, and the room above what is shown."""


def is_wanted(name: str) -> bool:
    """Return whether a picture is taken."""
    return TAKE or not (FOLDER / f"{name}.png").exists()


def take(page: Page, name: str, seen: Locator, *, top: Locator | None = None) -> None:
    """Show what a picture of the guide shows, and take it if it is wanted.

    :param top: what the picture begins with, below the bar that stays; else the top of the page.
    """
    width, height = PICTURES[name]
    begins = frame(page, name, top)
    expect(seen.first).to_be_visible()
    if is_wanted(name):
        page.screenshot(
            path=str(FOLDER / f"{name}.png"),
            animations="disabled",
            clip={"x": 0, "y": begins, "width": width, "height": height},
        )


def frame(page: Page, name: str, top: Locator | None = None) -> float:
    """Let the window show what a picture shows; return how far below its edge that begins."""
    width, height = PICTURES[name]
    begins = 0 if top is None else BAR
    page.set_viewport_size({"width": width, "height": height + begins})
    if top is not None:
        scroll = "(box, above) => scrollTo(0, box.getBoundingClientRect().top + scrollY - above)"
        top.evaluate(scroll, begins + SPACE)
    return begins


def is_whole(picture: Locator) -> bool:
    """Return whether a picture of the guide is there, in the size that the page says."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    name = (picture.get_attribute("src") or "").rsplit("/", 1)[-1].split(".")[0]
    size = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    return tuple(size) == PICTURES[name]
