import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from steelyard.kernels.interpolate import interpolate

NUMBERS = st.floats(-1e12, 1e12) | st.just(np.nan)


@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_every_value_lies_between_its_parents_or_is_the_nearer_ones(data, dtype):
    values = data.draw(hnp.arrays(np.float64, (6, 3), elements=NUMBERS)).astype(dtype)
    base = np.array(data.draw(st.lists(st.integers(0, 5), min_size=4, max_size=4)))
    partner = np.array(data.draw(st.lists(st.integers(0, 5), min_size=4, max_size=4)))
    step = np.array(data.draw(st.lists(st.floats(0, 1), min_size=4, max_size=4)))
    made = interpolate(values, base, partner, step)
    assert made.dtype == dtype
    for i in range(4):
        for j in range(3):
            start, end = values[base[i], j], values[partner[i], j]
            if np.isnan(start) or np.isnan(end):
                nearer = start if dtype(step[i]) < 0.5 else end
                np.testing.assert_equal(made[i, j], nearer)
            else:
                assert min(start, end) <= made[i, j] <= max(start, end)
                plain = start + step[i] * (float(end) - float(start))
                scale = max(abs(start), abs(end))
                assert made[i, j] == pytest.approx(plain, rel=1e-5, abs=float(1e-5 * scale + 1e-30))


def test_the_largest_numbers_do_not_overflow():
    values = np.array([[-1.5e308], [1.5e308]])
    assert interpolate(values, np.array([0]), np.array([1]), np.array([0.5])).tolist() == [[0.0]]


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csr_array])
def test_sparse_rows_give_what_dense_rows_give(form):
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(8, 5)) * (rng.random((8, 5)) < 0.4)
    base, partner, step = rng.integers(8, size=20), rng.integers(8, size=20), rng.random(20)
    made = interpolate(form(dense), base, partner, step)
    np.testing.assert_allclose(made.toarray(), interpolate(dense, base, partner, step), atol=1e-15)
