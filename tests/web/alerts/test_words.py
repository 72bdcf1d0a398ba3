import pytest
from django.utils.translation import override

from vatio.alerts.listing import ListedRule
from vatio.alerts.models import AlertRule
from vatio.alerts.wording import EpisodeUnit
from vatio.web.alerts.words import threshold_words


@pytest.mark.parametrize(
    ("kind", "about", "spanish", "english"),
    [
        ("silence", {"minutes": 4_320}, "durante 3 días", "for 3 days"),
        ("silence", {"minutes": 1_440}, "durante 1 día", "for 1 day"),
        ("silence", {"minutes": 26 * 60}, "durante 26 horas", "for 26 hours"),
        ("silence", {"minutes": 90}, "durante 90 minutos", "for 90 minutes"),
        ("silence", {}, "por más tiempo de lo habitual", "for longer than usual"),
        (
            "above",
            {"minutes": 15, "worse": 40_000.0},
            "más de 30 kW · durante 15 minutos · grave desde 40 kW",
            "more than 30 kW · for 15 minutes · grave from 40 kW",
        ),
        ("below", {}, "menos de 30 kW", "less than 30 kW"),
        ("day sum", {}, "más de 30 kW", "more than 30 kW"),
    ],
)
def test_what_an_alert_looks_for_is_said_in_a_line(
    kind: str, about: dict[str, float], spanish: str, english: str
) -> None:
    rule = AlertRule(kind=kind, **{"threshold": 30_000.0, **about})
    listed = ListedRule(rule, "", EpisodeUnit("kW", 1_000), [], spoken=0, is_open=False)

    said = []
    for language in ("es", "en"):
        with override(language):
            said.append(threshold_words(listed))

    assert said == [spanish, english]
