"""Named streams: equal names, equal draws; other names, other draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.kernels.rng import child, int_seed, root_seed


@given(st.integers(0, 2**40), st.text(max_size=8), st.text(max_size=8))
def test_streams_differ_exactly_when_names_do(seed, one, two):
    a, b = child(seed, one).integers(2**62, size=3), child(seed, two).integers(2**62, size=3)
    assert np.array_equal(a, b) == (one == two)


def test_names_are_not_run_together():
    assert int_seed(0, "ab", "c") != int_seed(0, "a", "bc")
    assert int_seed(0, "1") != int_seed(0, 1)


def test_numpy_and_python_numbers_are_one_name():
    assert int_seed(0, "class", np.int64(3)) == int_seed(0, "class", 3)
    assert int_seed(0, "class", np.str_("x")) == int_seed(0, "class", "x")


def test_generators_are_advanced_like_in_scikit_learn():
    rng = np.random.RandomState(0)
    assert root_seed(rng) != root_seed(rng)
    assert root_seed(np.random.default_rng(4)) == root_seed(np.random.default_rng(4))


def test_global_state_is_not_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    child(None, "anything").normal(size=10)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("bad", ["seed", 1.5, True, -3])
def test_bad_seeds_are_refused(bad):
    with pytest.raises(ValueError, match="random_state must"):
        root_seed(bad)


@given(st.integers(0, 2**31), st.text(max_size=5))
def test_int_seeds_fit_scikit_learn(seed, name):
    assert 0 <= int_seed(seed, name) < 2**31
