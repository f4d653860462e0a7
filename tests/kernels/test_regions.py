import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.kernels.regions import CORE, NOISE, OVERLAP, overlap_ratios, region_shares, regions


def slow_regions(proba, codes, core, noise, rival):
    found = []
    for row, own in zip(proba, codes, strict=True):
        others = [value for code, value in enumerate(row) if code != own]
        if row[own] >= core:
            found.append(CORE)
        elif row[own] <= noise and max(others) >= rival:
            found.append(NOISE)
        else:
            found.append(OVERLAP)
    return found


@given(
    st.lists(st.tuples(*[st.floats(0.01, 1)] * 3, st.integers(0, 2)), min_size=1, max_size=20),
    st.floats(0.5, 1),
    st.floats(0, 0.4),
    st.floats(0, 1),
)
def test_by_the_definition(rows, core, noise, rival):
    raw = np.array([row[:3] for row in rows])
    proba, codes = raw / raw.sum(axis=1, keepdims=True), np.array([row[3] for row in rows])
    found = regions(proba, codes, core=core, noise=noise, rival=rival)
    assert found.tolist() == slow_regions(proba, codes, core, noise, rival)


def test_chance_with_ten_classes_is_no_noise():
    proba = np.full((1, 10), 0.1)
    assert regions(proba, np.array([3])).tolist() == [OVERLAP]
    assert regions(proba, np.array([3]), rival=0.0).tolist() == [NOISE]


def test_a_row_nobody_could_be_asked_about_is_in_the_overlap():
    assert regions(np.full((1, 2), np.nan), np.array([0])).tolist() == [OVERLAP]


def test_shares_and_ratios():
    found, codes = np.array([0, 1, 1, 2, 0], dtype=np.int8), np.array([0, 0, 0, 2, 2])
    shares = region_shares(found, codes, 3)
    np.testing.assert_allclose(shares, [[1 / 3, 2 / 3, 0], [0, 0, 0], [0.5, 0, 0.5]])
    overall, per_class = overlap_ratios(found, codes, 3)
    assert overall == pytest.approx(0.4)
    np.testing.assert_allclose(per_class, [2 / 3, 0, 0])
