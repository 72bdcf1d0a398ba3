from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.readings.ranks import (
    Flag,
    How,
    Origin,
    doubted,
    flags_of,
    how_of,
    origin_of,
    quality,
    rank,
)

QUALITIES = st.builds(
    quality,
    st.sampled_from(Origin),
    st.sampled_from(How),
    st.integers(0, 15).map(Flag),
)


@given(st.sampled_from(Origin), st.sampled_from(How), st.integers(0, 15).map(Flag))
def test_a_quality_keeps_where_a_value_came_from_how_and_its_flags(origin, how, flags):
    stored = quality(origin, how, flags)

    assert (origin_of(stored), how_of(stored), flags_of(stored)) == (origin, how, flags)
    assert 0 < stored < 2**15


def test_ranks_are_in_the_order_of_trust():
    best_first = [
        quality(Origin.MENDED, How.BY_HAND),
        quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM),
        quality(Origin.DISTRIBUTOR),
        quality(Origin.DATADIS),
        quality(Origin.INSERTION),
        quality(Origin.TYPED, How.BY_HAND),
        quality(Origin.DISTRIBUTOR, How.ESTIMATED),
        quality(Origin.INSERTION, How.SPREAD, Flag.DERIVED),
        quality(Origin.DISTRIBUTOR, How.MEASURED, Flag.DOUBTFUL),
        quality(Origin.MENDED, How.BY_HAND, Flag.INVALID),
    ]

    ranks = [rank(each) for each in best_first]

    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (quality(Origin.COLLECTED), quality(Origin.DISTRIBUTOR)),
        (quality(Origin.INSERTION), quality(Origin.FILE)),
        (quality(Origin.INVOICE), quality(Origin.DISTRIBUTOR)),
    ],
)
def test_what_is_trusted_alike_shares_a_rank(one, other):
    assert rank(one) == rank(other)


@given(QUALITIES)
def test_nothing_doubtful_stands_against_what_is_not(stored):
    other = quality(Origin.INSERTION, How.SPREAD)

    assert rank(doubted(stored)) > rank(other) or stored & Flag.FIRM


def test_every_quality_has_a_rank():
    for origin, how, flags in product(Origin, How, range(16)):
        assert 1 <= rank(quality(origin, how, Flag(flags))) <= 10
