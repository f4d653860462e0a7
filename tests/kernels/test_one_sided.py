import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import slow_cleaners
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.one_sided import misjudged


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 10**6]),
    n=st.integers(12, 60),
    n_seeds=st.integers(1, 3),
    k=st.sampled_from([1, 1, 2, 3]),
    offset=st.sampled_from([0.0, 1e9]),
)
def test_equals_the_vote_of_the_store(seed, levels, n, n_seeds, k, offset):
    X, y = slow_cleaners.small_table(seed, levels, n)
    X = X + offset
    codes = np.unique(y, return_inverse=True)[1]
    store = np.sort(np.concatenate([np.flatnonzero(codes == 1), np.flatnonzero(codes == 0)[:n_seeds]]))
    asked, k = np.setdiff1d(np.flatnonzero(codes == 0), store), min(k, len(store))
    expected = [
        slow_cleaners.vote([codes[other] for other in slow_cleaners.nearest(X, row, store, k)]) != 0
        for row in asked
    ]
    assert misjudged(Neighborhood(X), codes, asked, store, k).tolist() == expected


@pytest.mark.parametrize("form", ["codes", "sparse"])
def test_codes_and_sparse_rows(form):
    rng = np.random.default_rng(0)
    X, codes = rng.integers(0, 4, size=(300, 3)).astype(float), (np.arange(300) % 4 == 0).astype(np.intp)
    levels = rng.integers(0, 3, size=(300, 2))
    store, asked = np.concatenate([np.flatnonzero(codes == 1), [1, 2]]), np.arange(3, 300)
    asked = asked[codes[asked] == 0]
    if form == "codes":
        around, full = Neighborhood(X, levels, mismatch=1.0), X
        squared = ((full[asked][:, None] - full[store]) ** 2).sum(-1) + (
            levels[asked][:, None] != levels[store]
        ).sum(-1)
    else:
        around = Neighborhood(sparse.csr_matrix(X))
        squared = ((X[asked][:, None] - X[store]) ** 2).sum(-1)
    first = [min(zip(row, store, strict=True))[1] for row in squared.tolist()]
    assert misjudged(around, codes, asked, store).tolist() == (codes[first] == 1).tolist()


def test_nothing_asked_and_a_store_of_one_class():
    around, codes = Neighborhood(np.arange(4.0)[:, None]), np.array([0, 0, 0, 1])
    assert misjudged(around, codes, np.array([], dtype=int), np.array([0, 3])).shape == (0,)
    assert misjudged(around, codes, np.array([1, 2]), np.array([0])).tolist() == [False, False]
    assert misjudged(around, codes, np.array([1, 2]), np.array([3])).tolist() == [True, True]
