"""An estimate of the log prior against the counts: numpy's own regression as twin, and what has no line."""

import numpy as np
import pytest

from steelyard.kernels.prior_fit import prior_fit


def test_it_is_numpys_line_and_correlation():
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 1000, 8)
    own = 0.7 * np.log(counts) + rng.normal(size=8) + 3
    fit = prior_fit(own, counts)
    assert fit.slope == pytest.approx(np.polyfit(np.log(counts), own, 1)[0])
    assert fit.correlation == pytest.approx(np.corrcoef(own, np.log(counts))[0, 1])
    apart = own - own.mean() - np.log(counts) + np.log(counts).mean()
    assert fit.largest_error == pytest.approx(np.abs(apart).max())
    shares = prior_fit(own, counts / counts.sum())
    np.testing.assert_allclose(vars(shares).popitem()[1], fit.largest_error)
    assert shares.slope == pytest.approx(fit.slope)


def test_classes_without_rows_are_left_out():
    assert prior_fit([2.0, 99.0, 1.0], [100, 0, 10]) == prior_fit([2.0, 1.0], [100, 10])


@pytest.mark.parametrize("counts", [[5, 5, 5], [5, 0, 0], [0, 0, 0]])
def test_no_line_goes_through_equal_counts(counts):
    fit = prior_fit([1.0, 2.0, 3.0], counts)
    assert np.isnan(fit.slope)
    assert np.isnan(fit.correlation)


def test_an_estimate_that_does_not_move_correlates_with_nothing():
    fit = prior_fit([1.0, 1.0], [1, 100])
    assert (fit.slope, np.isnan(fit.correlation)) == (0.0, True)


@pytest.mark.parametrize("own", [[1.0], [[1.0, 2.0]]])
def test_one_number_a_class(own):
    with pytest.raises(ValueError, match="one log prior and one count a class"):
        prior_fit(own, [1, 2])
