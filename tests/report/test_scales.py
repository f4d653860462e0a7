import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.scales import linear, logarithmic

FLOATS = st.floats(-1e6, 1e6)


@given(FLOATS, FLOATS)
def test_an_axis_holds_its_values_and_has_a_bearable_number_of_ticks(a, b):
    scale = linear(min(a, b), max(a, b))
    assert math.isfinite(scale.low + scale.high)
    width = scale.high - scale.low
    assert scale.low <= min(a, b) + 1e-6 * width
    assert scale.high >= max(a, b) - 1e-6 * width
    assert 2 <= len(scale.ticks) <= 12
    assert scale(scale.low) == 0.0
    assert scale(scale.high) == 1.0


@given(st.floats(1e-9, 0.9))
def test_a_logarithmic_axis_reaches_down_to_the_value(low):
    scale = logarithmic(low, 1.0)
    assert scale.low <= low * 1.001
    assert scale.high == 1.0
    assert scale(1e-300) == 0.0


def test_values_beyond_the_axis_stay_at_its_ends():
    scale = linear(0, 1)
    assert (scale(-5), scale(5)) == (0.0, 1.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_axis_of_nothing_known_is_still_an_axis(bad):
    assert linear(bad, 1).ticks
