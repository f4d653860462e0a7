import numpy as np
import pytest
from scipy.stats import chi2_contingency
from scipy.stats.contingency import association as cramer

from steelyard.diagnose.association import association


@pytest.mark.parametrize("seed", range(4))
def test_p_is_scipys_and_v_is_corrected(seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 3, 200)
    b = np.where(rng.random(200) < 0.4, a, rng.integers(0, 4, 200))
    table = np.zeros((3, 4))
    np.add.at(table, (a, b), 1)
    v, p = association(a, b)
    expected = chi2_contingency(table, correction=False)
    assert p == pytest.approx(expected.pvalue)
    phi2 = max(0, expected.statistic / 200 - 2 * 3 / 199)
    r, k = 3 - 4 / 199, 4 - 9 / 199
    assert v == pytest.approx(np.sqrt(phi2 / (min(r, k) - 1)))
    assert v < cramer(table.astype(int))


def test_independence_is_nothing_on_average():
    rng = np.random.default_rng(0)
    values = [association(rng.integers(0, 5, 100), rng.integers(0, 5, 100))[0] for _ in range(200)]
    assert np.median(values) < 0.08


def test_constants_and_dependence():
    ones = np.zeros(50, dtype=int)
    assert association(ones, np.arange(50) % 2) == (0.0, 1.0)
    assert association(ones[:1], ones[:1]) == (0.0, 1.0)
    two = np.arange(50) % 2
    assert association(two, 1 - two)[0] == pytest.approx(1)
