import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from steelyard.kernels.near_miss import near_farthest, near_nearest
from steelyard.kernels.neighborhood import Neighborhood


def slow(X, codes, rows, rare, k, n, far):
    apart = np.sqrt(
        ((X[rows][:, None].astype(float) - X[rare][None]) ** 2).sum(axis=2)
        + (0 if codes is None else 4.0 * (codes[rows][:, None] != codes[rare][None]).sum(axis=2))
    )
    ordered = np.sort(apart, axis=1)
    total = (ordered[:, -k:] if far else ordered[:, :k]).sum(axis=1)
    return rows[np.argsort(total, kind="stable")[:n]]


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 6, 1000]),
    k=st.integers(1, 5),
    n=st.integers(1, 40),
    far=st.booleans(),
    with_codes=st.booleans(),
    offset=st.sampled_from([0.0, 1e5]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, k, n, far, with_codes, offset):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(60, 1)) + offset
    codes = rng.integers(0, 3, size=(60, 2)) if with_codes else None
    order = rng.permutation(60)
    rare, rows = np.sort(order[:12]), np.sort(order[12:])
    around = Neighborhood(X, codes, 2.0, memory_mb=0.01)
    choose = near_farthest if far else near_nearest
    assert choose(around, rows, rare, k, n).tolist() == slow(X, codes, rows, rare, k, n, far).tolist()


@pytest.mark.parametrize("choose", [near_nearest, near_farthest])
def test_sparse_rows_give_what_dense_ones_do(choose):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, size=(80, 5)) * 1.0
    rows, rare = np.arange(60), np.arange(60, 80)
    dense = choose(Neighborhood(X), rows, rare, 3, 20)
    np.testing.assert_array_equal(choose(Neighborhood(sparse.csr_matrix(X)), rows, rare, 3, 20), dense)


def test_most_rows_are_never_measured(monkeypatch):
    """What the floors are for: only rows that may be among the best are measured exactly."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 8))
    X[:3500] += 5.0
    measured = []
    plain = Neighborhood.nearest

    def counted(self, k, *, asked, pool):
        measured.append(len(asked))
        return plain(self, k, asked=asked, pool=pool)

    monkeypatch.setattr(Neighborhood, "nearest", counted)
    near_nearest(Neighborhood(X), np.arange(3900), np.arange(3900, 4000), 3, 100)
    assert sum(measured) < 1500
