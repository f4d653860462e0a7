import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from steelyard.errors import BadOption, BadTable
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighbors import neighbors_of


def slow(X, k, queries=None, codes=None, query_codes=None, mismatch=1.0):
    """Sort all rows by (distance, row number), one query at a time; a row is not its own neighbour."""
    X = np.asarray(X, dtype=float)
    itself = queries is None
    asked = X if itself else np.asarray(queries, dtype=float)
    asked_codes = codes if itself else query_codes
    indices, distances = [], []
    for i, query in enumerate(asked):
        squared = ((X - query) ** 2).sum(axis=1)
        if codes is not None:
            squared = squared + mismatch**2 * (codes != asked_codes[i]).sum(axis=1)
        order = [j for j in np.lexsort((np.arange(len(X)), squared)) if not (itself and j == i)]
        indices.append(order[:k])
        distances.append(np.sqrt(squared[order[:k]]))
    return np.array(indices), np.array(distances)


def assert_same(found, expected):
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)


@pytest.mark.parametrize("width", [1, 3, 20])
@pytest.mark.parametrize("k", [1, 5, 11])
def test_plain_numbers(width, k):
    X = np.random.default_rng(width).normal(size=(150, width))
    assert_same(neighbors_of(X, k), slow(X, k))
    queries = np.random.default_rng(9).normal(size=(20, width))
    assert_same(neighbors_of(X, k, queries=queries), slow(X, k, queries))


@pytest.mark.parametrize("width", [1, 2, 17])
def test_integer_grids_full_of_ties_and_duplicates(width):
    X = np.random.default_rng(0).integers(0, 3, size=(200, width)).astype(float)
    assert_same(neighbors_of(X, 6), slow(X, 6))


def test_all_rows_equal_gives_the_first_others():
    indices, distances = neighbors_of(np.ones((40, 2)), 3)
    assert indices[0].tolist() == [1, 2, 3]
    assert indices[2].tolist() == [0, 1, 3]
    assert indices[39].tolist() == [0, 1, 2]
    assert not distances.any()


def test_a_tie_beyond_the_engines_candidates_goes_to_the_smaller_row_number():
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = np.round(np.c_[np.cos(angle), np.sin(angle)], 1)
    squares = (ring**2).sum(axis=1)
    ring = ring[np.isclose(squares, 1)]
    X = np.vstack([np.repeat(ring, 8, axis=0), [[0.0, 0.0]]])
    found = neighbors_of(X, 4)
    assert_same(found, slow(X, 4))


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_small_table_equals_the_slow_twin(data):
    n = data.draw(st.integers(2, 25))
    width = data.draw(st.integers(1, 4))
    values = st.sampled_from([0.0, 1.0, 2.0, -1.5, 1e6, 1e6 + 1, 1e-9]) | st.floats(-1e3, 1e3, width=32)
    X = data.draw(hnp.arrays(np.float64, (n, width), elements=values))
    k = data.draw(st.integers(1, n - 1))
    assert_same(neighbors_of(X, k, memory_mb=data.draw(st.sampled_from([1e-4, 64]))), slow(X, k))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), mismatch=st.sampled_from([0.0, 0.5, 3.0]), levels=st.integers(1, 6))
def test_mixed_tables_equal_the_slow_twin(seed, mismatch, levels):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, size=(30, 2)).astype(float)
    codes = rng.integers(0, levels, size=(30, 3)).astype(np.int32)
    assert_same(
        neighbors_of(X, 4, codes=codes, mismatch=mismatch), slow(X, 4, codes=codes, mismatch=mismatch)
    )
    found = neighbors_of(X, 4, queries=X[:5] + 0.5, codes=codes, query_codes=codes[5:10], mismatch=mismatch)
    assert_same(found, slow(X, 4, X[:5] + 0.5, codes, codes[5:10], mismatch))


def test_codes_alone():
    codes = np.random.default_rng(1).integers(0, 4, size=(50, 5))
    none = np.empty((50, 0))
    assert_same(neighbors_of(none, 5, codes=codes), slow(none, 5, codes=codes))


def test_far_from_the_origin_the_neighbours_are_still_exact():
    X = np.random.default_rng(2).normal(size=(120, 20)) + 1e8
    assert_same(neighbors_of(X, 5), slow(X, 5))


def test_one_huge_row_does_not_spoil_the_others():
    X = np.random.default_rng(2).normal(size=(120, 20))
    X[7] = 1e12
    assert_same(neighbors_of(X, 5), slow(X, 5))


@pytest.mark.parametrize("width", [4, 20])
def test_float32_gives_the_neighbours_of_its_values(width):
    X = np.random.default_rng(3).normal(size=(150, width)).astype(np.float32)
    assert_same(neighbors_of(X, 5), slow(X, 5))
    large = X * np.float32(1e19)  # squares of these do not fit into 32 bits
    assert_same(neighbors_of(large, 5), slow(large, 5))


def test_float32_is_not_copied_to_float64(monkeypatch):
    kinds = set()
    real = Points.__init__

    def watch(self, numeric, *args, **kwargs):
        kinds.add(numeric.dtype)
        real(self, numeric, *args, **kwargs)

    monkeypatch.setattr(Points, "__init__", watch)
    neighbors_of(np.random.default_rng(3).normal(size=(50, 4)).astype(np.float32), 5)
    assert kinds == {np.dtype(np.float32)}


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array])
def test_sparse_tables(form):
    rng = np.random.default_rng(4)
    X = rng.integers(0, 4, size=(90, 30)) * (rng.random((90, 30)) < 0.2).astype(float)
    assert_same(neighbors_of(form(X), 4), slow(X, 4))
    assert_same(neighbors_of(form(X), 4, queries=form(X[:7])), slow(X, 4, X[:7]))


@pytest.mark.parametrize("width", [3, 20])
def test_threads_and_memory_change_nothing(width):
    X = np.random.default_rng(5).integers(0, 4, size=(200, width)).astype(float)
    base = neighbors_of(X, 5)
    for options in ({"n_jobs": 1}, {"n_jobs": 2}, {"memory_mb": 0.01}, {"n_jobs": 2, "memory_mb": 0.01}):
        other = neighbors_of(X, 5, **options)
        np.testing.assert_array_equal(base[0], other[0])
        np.testing.assert_array_equal(base[1], other[1])


@pytest.mark.parametrize("width", [5, 25])
def test_same_as_scikit_learn_where_nothing_ties(width):
    X = np.random.default_rng(6).normal(size=(300, width))
    distances, indices = NearestNeighbors(n_neighbors=7).fit(X).kneighbors()
    assert_same(neighbors_of(X, 7), (indices, distances))


def test_the_order_of_other_rows_decides_ties_only():
    """Shuffling the rows shuffles the answer, where no two distances are equal."""
    X = np.random.default_rng(7).normal(size=(80, 3))
    order = np.random.default_rng(8).permutation(80)
    straight, _ = neighbors_of(X, 5)
    shuffled, _ = neighbors_of(X[order], 5)
    np.testing.assert_array_equal(order[shuffled], straight[order])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gaps_and_infinities_are_refused(bad):
    with pytest.raises(BadTable, match="holds NaN or infinity"):
        neighbors_of([[1.0], [bad], [2.0]], 1)
    with pytest.raises(BadTable, match="holds NaN or infinity"):
        neighbors_of([[1.0], [2.0]], 1, queries=[[bad]])


def test_numbers_too_large_to_square_are_refused():
    with pytest.raises(BadTable, match="Rescale the columns"):
        neighbors_of([[1e200], [2e200], [0.0]], 1)


@pytest.mark.parametrize(("k", "queries"), [(0, None), (3, None), (4, [[1.0]])])
def test_k_is_never_clipped_in_silence(k, queries):
    with pytest.raises(BadOption, match=f"Got {k} instead"):
        neighbors_of([[1.0], [2.0], [3.0]], k, queries=queries)


def test_other_metrics_and_shapes_are_refused():
    with pytest.raises(BadOption, match="metric must be 'euclidean'"):
        neighbors_of([[1.0], [2.0]], 1, metric="cosine")
    with pytest.raises(BadTable, match="shape"):
        neighbors_of([1.0, 2.0], 1)
