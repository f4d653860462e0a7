import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steelyard.kernels.holm import holm, holm_levels


def twin(p_values, alpha):
    """Step down by hand: reject while the smallest left is below alpha over how many are left."""
    left, rejected = list(range(len(p_values))), set()
    while left:
        smallest = min(left, key=lambda i: p_values[i])
        if p_values[smallest] > alpha / len(left):
            break
        rejected.add(smallest)
        left.remove(smallest)
    return rejected


some_p = arrays(float, st.integers(1, 8), elements=st.floats(0, 1))


@given(some_p)
def test_rejects_what_the_step_down_rejects(p):
    rejected = twin(p.tolist(), 0.05)
    # Products and quotients may round differently just at the border.
    assert {i for i in range(p.size) if holm(p)[i] <= 0.05 - 1e-12} <= rejected
    assert rejected <= {i for i in range(p.size) if holm(p)[i] <= 0.05 + 1e-12}


@given(some_p)
def test_levels_say_the_same_as_the_step_down(p):
    assert {i for i in range(p.size) if p[i] <= holm_levels(p)[i]} == twin(p.tolist(), 0.05)


def test_one_remedy_needs_no_correction():
    assert holm([0.03]).tolist() == [0.03]
    assert holm_levels([0.03]).tolist() == [0.05]


def test_order_does_not_matter():
    p = np.array([0.2, 0.001, 0.04, 0.01])
    order = np.array([2, 0, 3, 1])
    assert np.array_equal(holm(p)[order], holm(p[order]))
