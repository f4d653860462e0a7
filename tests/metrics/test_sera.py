"""The squared error relevance area beside the paper's integral on a fine grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.relevance import box_plot_points, relevance
from steelyard.metrics import sera


def integral(true, said, phi, steps=20_000):
    """Trapezoids under the sum of squared errors of the rows of at least each relevance."""
    thresholds = np.linspace(0, 1, steps + 1)
    order = np.argsort(phi)
    errors = np.r_[0.0, np.cumsum(((said - true) ** 2)[order][::-1])]
    remaining = len(phi) - np.searchsorted(phi[order], thresholds, side="left")
    return np.trapezoid(errors[remaining], thresholds)


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_the_integral(seed):
    rng = np.random.default_rng(seed)
    true = rng.lognormal(size=100)
    said = true + rng.normal(size=100)
    phi = relevance(true, box_plot_points(true))
    assert sera(true, said) == pytest.approx(integral(true, said, phi), rel=1e-3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 1)), min_size=1, max_size=20))
def test_it_is_the_squared_error_where_all_matter_and_nothing_where_none_does(rows):
    true, said, phi = np.array(rows).T
    squared = ((true - said) ** 2).sum()
    assert sera(true, said, relevance=np.ones(len(rows))) == pytest.approx(squared)
    assert sera(true, said, relevance=np.zeros(len(rows))) == 0.0
    assert 0.0 <= sera(true, said, relevance=phi) <= squared * (1 + 1e-9)


def test_errors_on_rare_values_cost_and_those_on_common_ones_do_not():
    true = np.r_[np.arange(20.0), 100.0]
    points = box_plot_points(true)
    assert sera(true, np.r_[true[:-1], 90.0], relevance=points) == pytest.approx(100.0)
    wrong_in_the_middle = true.copy()
    wrong_in_the_middle[5] += 10
    assert sera(true, wrong_in_the_middle, relevance=points) == 0.0


def test_a_weight_of_two_is_a_row_twice():
    true, said, weight = [1.0, 2.0, 50.0], [1.5, 2.0, 40.0], [1, 1, 2]
    points = [[2, 0], [10, 1]]
    twice = sera([*true, 50.0], [*said, 40.0], relevance=points)
    assert sera(true, said, relevance=points, sample_weight=weight) == twice == 200.0


def test_what_makes_no_sense_is_refused():
    with pytest.raises(BadTarget, match="one prediction per true value"):
        sera([1.0, 2.0], [1.0])
    with pytest.raises(BadTarget, match="finite"):
        sera([1.0, np.nan], [1.0, 2.0])
    with pytest.raises(BadOption, match="must be one of"):
        sera([1.0, 2.0], [1.0, 2.0], relevance="rare")
    assert np.isnan(sera([], []))
