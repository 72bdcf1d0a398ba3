"""What the tests of drawings share: bars of made-up amounts, and the macros as a page has them."""

import re
from datetime import datetime
from xml.etree import ElementTree

from django.template import engines

from vatio.web.analysis.bar_labels import BarSpan, bar_words
from vatio.web.analysis.bars import PERIOD_LOOKS, EnergyBar, EnergyPart

BARE = re.compile(r" (data-chart-read|data-with-script|hidden)(?=[ >])")

BARS = """{% import "analysis/bars_parts.html" as parts with context %}<div>
{{ parts.bars_key(drawn, before) }}{{ parts.bars(drawn) }}</div>"""
HEAT = """{% import "analysis/heat_parts.html" as parts with context %}<div>
{{ parts.heat_key(drawn) }}{{ parts.heat_map(drawn, address) }}{{ parts.heat_table(drawn, "Por horas") }}</div>"""


def page_of(source: str, **context: object) -> str:
    """Render macros as a page would."""
    made: str = engines.all()[0].env.from_string(source).render(**context)
    return made


def parsed(html: str) -> ElementTree.Element:
    """Parse what is well-formed XML but for attributes without a value; else raise."""
    return ElementTree.fromstring(BARE.sub(r' \1=""', html))


def month_bar(
    month: int,
    total: float | None,
    *,
    year: int = 2026,
    parts: tuple[float, ...] = (),
    missing: int = 0,
    before: float | None = None,
    faced: float | None = None,
    cut: str = "",
) -> EnergyBar:
    """Make the bar of a month; parts are those of P1, P2 and so on."""
    return EnergyBar(
        bar_words(BarSpan.MONTH, datetime(year, month, 1)),
        total,
        [
            EnergyPart(f"P{place}", PERIOD_LOOKS[place - 1], value)
            for place, value in enumerate(parts, 1)
        ],
        missing,
        2976,
        before,
        total if faced is None else faced,
        cut,
    )
