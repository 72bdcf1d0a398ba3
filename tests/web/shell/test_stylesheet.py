import gzip
import re
from pathlib import Path

import pytest

from vatio.web.shell import stylesheet

WEB = Path(stylesheet.__file__).resolve().parents[1]
MOST_COMPRESSED = 16 * 1024

COMMENT = re.compile(r"/\*.*?\*/", re.S)
SELECTOR = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
ATTRIBUTE = re.compile(r'\sclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', re.S)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
NOT_A_CLASS = re.compile(r"[!=]= *(?:'[^']*'|\"[^\"]*\")|\['[^']*'\]")
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")

# Classes that no attribute spells: a macro, a block or a module hands them over.
HANDED_OVER = {
    *("narrow", "medium", "large", "by-mtr", "offer"),
    *("band-past", "band-running", "band-waiting"),
    *("day-nothing", "day-complete", "day-estimated", "day-doubtful", "day-invalid"),
    *(f"period-{place}" for place in range(1, 7)),
    *(f"site-{place}" for place in range(1, 9)),
    *(f"heat-{place}" for place in range(7)),
    *("bar-whole", "bar-untariffed"),
    *("part-renewed", "part-asked", "part-leaving", "part-undecided", "part-urgent"),
}
# Of uPlot, which has a stylesheet of its own.
UPLOT = {"uplot", "u-over", "u-under", "u-select", "u-cursor-x"}


def read(*endings: str) -> str:
    paths = sorted(path for path in WEB.rglob("*") if path.suffix in endings)
    return "\n".join(path.read_text("utf-8") for path in paths)


def rules() -> str:
    return COMMENT.sub("", stylesheet.text())


def styled() -> set[str]:
    """Find the classes that the stylesheet selects by."""
    return {name for selector in SELECTOR.findall(rules()) for name in CLASS.findall(selector)}


def written() -> set[str]:
    """Find the classes that attributes spell, in words or in the strings of their expressions."""
    found: set[str] = set()
    for attribute in ATTRIBUTE.findall(read(".html", ".py")):
        found.update(EXPRESSION.sub(" ", attribute).split())
        for expression in EXPRESSION.findall(attribute):
            for pair in QUOTED.findall(NOT_A_CLASS.sub("", expression)):
                found.update("".join(pair).split())
    return {name for name in found if name[0].isalpha()}


def scripted() -> set[str]:
    """Find the classes that scripts give to what they make."""
    given = re.compile(r"className = \"([\w -]+)\"|classList\.\w+\(\"([\w-]+)\"")
    return {name for pair in given.findall(read(".js")) for name in "".join(pair).split()}


def test_every_class_of_the_stylesheet_is_written_somewhere() -> None:
    assert styled() - written() - scripted() - HANDED_OVER - UPLOT == set()


def test_every_class_that_is_written_has_a_rule_or_a_script_that_looks_for_it() -> None:
    looked_for = set(CLASS.findall(read(".js")))

    assert written() - styled() - looked_for == set()


def test_what_is_handed_over_is_in_the_stylesheet_and_in_its_source() -> None:
    sources = read(".html", ".py")
    lost = {name for name in HANDED_OVER if not re.search(rf"[\"'}}]{name}[\"'{{]", sources)}

    assert lost == set()
    assert HANDED_OVER - styled() == set()
    assert HANDED_OVER & written() == set()


def test_a_class_says_what_it_is() -> None:
    assert [name for name in sorted(styled() | written()) if len(name) < 3] == []


def test_every_token_is_used_and_what_is_used_is_a_token() -> None:
    made = set(re.findall(r"(--[\w-]+) *:", rules()))
    used = set(re.findall(r"var\((--[\w-]+)", rules() + read(".html")))

    assert made == used


def test_what_a_chart_draws_is_known_in_charts_alone() -> None:
    drawn = re.compile(r"\.(?:band|part)-|--chart-")
    files = [path.name for path in stylesheet.FOLDER.iterdir() if drawn.search(path.read_text())]

    assert files == ["charts.css"]


def test_every_file_is_served_and_stands_in_a_layer() -> None:
    layers = re.findall(r"[a-z]+", stylesheet.LAYERS.removeprefix("@layer"))
    names = stylesheet.ORDER.split()
    places = []
    for name in names:
        opening = (stylesheet.FOLDER / f"{name}.css").read_text("utf-8").split("{")[0]
        places.append(layers.index(opening.removeprefix("@layer").strip()))

    assert sorted(names) == sorted(path.stem for path in stylesheet.FOLDER.glob("*.css"))
    assert places == sorted(places)


def test_the_stylesheet_is_light() -> None:
    assert len(gzip.compress(stylesheet.text().encode())) < MOST_COMPRESSED


TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\);")
WORDS = ("ink", "soft", "accent", "deep", "warm", "red")
SURFACES = ("paper", "surface", "sunken", "raised", "tint", "wash")
ENOUGH = 4.5


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_words_can_be_read_on_every_surface(theme: int) -> None:
    colours = {name: both[theme] for name, *both in TOKEN.findall(stylesheet.text())}

    faint = [
        f"{words} on {surface}: {contrast(colours[words], colours[surface]):.2f}"
        for words in WORDS
        for surface in SURFACES
        if contrast(colours[words], colours[surface]) < ENOUGH
    ]

    assert contrast("#fff", "#000") == 21
    assert faint == []


def test_no_words_have_the_colour_of_a_line() -> None:
    lines = re.findall(r"(?<![\w-])color: var\(--(?:line|edge|track|bar-line)\)", stylesheet.text())

    assert lines == []
