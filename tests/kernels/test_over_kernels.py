"""Small kernels of over-samplers: segments read in slices, mean distances, smoothed copies."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import pairwise_distances

from steelyard.kernels.interpolate import Segments, interpolate, segments
from steelyard.kernels.mean_distance import mean_distance
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.smoothed_copies import smoothed_copies


def drawn(m=20):
    rng = np.random.default_rng(0)
    return rng.normal(size=(8, 5)), rng.integers(8, size=m), rng.integers(8, size=m), rng.random(m)


def test_segments_read_in_slices_are_the_rows_made_at_once():
    values, base, partner, step = drawn()
    made = segments(values, base, partner, step)
    assert isinstance(made, Segments)
    assert made.shape == (20, 5)
    whole = interpolate(values, base, partner, step)
    np.testing.assert_array_equal(np.concatenate([made[0:7], made[7:20]]), whole)
    np.testing.assert_array_equal(segments(values, base, partner, step, gaps=False)[0:20], whole)
    assert sparse.issparse(segments(sparse.csr_array(values), base, partner, step))


@pytest.mark.parametrize("step", [-0.5, -1e-3, 1.25])
def test_lines_may_be_prolonged(step):
    values = np.array([[1.0, np.nan], [3.0, 2.0]])
    made = interpolate(values, np.array([0]), np.array([1]), np.array([step]))
    assert made[0, 0] == pytest.approx(1 + 2 * step)
    assert np.isnan(made[0, 1]) == (step < 0.5)


def test_rounding_never_steps_past_a_parent():
    rng = np.random.default_rng(0)
    values = (rng.normal(size=(500, 4)) * 10.0 ** rng.integers(-8, 8, size=(500, 1))).astype(np.float32)
    base, partner = rng.integers(500, size=(2, 20_000))
    step = rng.choice([0, 1e-8, 0.1, 0.5, 0.5 + 2**-24, 0.9, 1 - 2**-24], size=20_000).astype(np.float32)
    made = interpolate(values, base, partner, step)
    assert (made >= np.minimum(values[base], values[partner])).all()
    assert (made <= np.maximum(values[base], values[partner])).all()
    np.testing.assert_array_equal(made[step == 0], values[base[step == 0]])


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array])
def test_mean_distance_leaves_each_row_itself_out(form):
    values = np.random.default_rng(0).normal(size=(30, 4))
    codes = np.random.default_rng(1).integers(2, size=(30, 2))
    rows = np.arange(3, 25)
    differing = (codes[rows, None] != codes[None, rows]).sum(axis=2)
    apart = np.sqrt(pairwise_distances(values[rows]) ** 2 + 9.0 * differing)
    expected = apart.sum() / (22 * 21)
    around = Neighborhood(form(values), codes, mismatch=3.0, memory_mb=0.001)
    assert mean_distance(around, rows) == pytest.approx(expected)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array])
def test_smoothed_copies_are_as_wide_as_the_rule_says(form):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(400, 3)) * [1.0, 10.0, 0.0]
    rows, base = np.arange(50), np.zeros(20_000, dtype=int)
    made = smoothed_copies(form(values), rows, base, 0.5, rng)
    width = 0.5 * (4 / (5 * 400)) ** (1 / 7) * values[rows].std(axis=0)
    np.testing.assert_allclose((made - values[0]).std(axis=0), width, rtol=0.03)
    np.testing.assert_allclose(made.mean(axis=0), values[0], atol=5 * width.max() / np.sqrt(20_000) + 1e-12)


def test_smoothed_copies_keep_gaps_and_precision_and_never_overflow():
    values = np.array([[1e200, np.nan], [3e200, np.nan], [2e200, 1.0]])
    made = smoothed_copies(values, np.array([0, 1]), np.array([0, 1]), 1.0, np.random.default_rng(0))
    assert np.isfinite(made[:, 0]).all()
    assert np.isnan(made[:, 1]).all()
    small = smoothed_copies(
        values[:, 1:].astype(np.float32), np.array([2]), np.array([2]), 1.0, np.random.default_rng(0)
    )
    assert small.dtype == np.float32
    assert small.tolist() == [[1.0]]
