import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from steelyard.evaluate.wilson import grouped_wilson, wilson


@given(n=st.integers(1, 200), share=st.floats(0, 1))
def test_equals_scipy(n, share):
    hits = round(n * share)
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = wilson(hits, n)
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_no_rows_say_nothing():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_groups_of_one_row_change_nothing_much():
    hits = np.array([1, 1, 0, 1, 0, 1, 1, 0, 1, 1])
    plain, grouped = wilson(7, 10), grouped_wilson(hits, np.arange(10))
    # The between-group variance has n - 1 below it, the binomial one n.
    assert grouped.low == pytest.approx(plain.low, abs=0.03)
    assert grouped.low <= plain.low


def test_alike_rows_widen_the_interval():
    hits = np.repeat([1, 0, 1, 1, 0, 1], 10)
    alike = grouped_wilson(hits, np.repeat(np.arange(6), 10))
    assert alike.high - alike.low > 2 * (wilson(40, 60).high - wilson(40, 60).low)


def test_certainty_counts_groups_not_rows():
    always = grouped_wilson(np.ones(100), np.repeat(np.arange(4), 25))
    assert always.mean == 1.0
    assert always.low == pytest.approx(wilson(4, 4).low)
