"""Every engine and every step of the exact search, each against sorting all rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from steelyard.kernels import exact_search, fast_counts, neighbors_blocks
from steelyard.kernels.exact_search import _Products, _Steps, _Tree, answer_exactly
from steelyard.kernels.mixed_distance import Points, compact_codes, pair_squared
from steelyard.kernels.neighbors_blocks import BlockFinder
from steelyard.kernels.neighbors_tree import TreeFinder, tree_pays
from steelyard.kernels.search_job import SearchJob, TooManyCandidates


def sorted_by_hand(points, asked, k, own):
    """The rule itself: all rows by (squared distance, number), without the row itself."""
    everyone = np.arange(len(points))
    found = []
    for query in range(len(asked)):
        squared = pair_squared(asked, np.full(len(points), query), points, everyone)
        order = np.lexsort((everyone, squared))
        found.append(order[order != (-1 if own is None else own[query])][:k])
    return np.array(found)


def self_join(points, k=5, memory_mb=64.0):
    return SearchJob(points, points, k, np.arange(len(points)), memory_mb)


def tables():
    rng = np.random.default_rng(0)
    plain = rng.normal(size=(400, 12))
    grid = rng.integers(0, 4, size=(400, 12)).astype(float)
    # Tight clusters far apart: a matrix product has no digits left for what is inside of one.
    clusters = 1e9 * rng.normal(size=(4, 12))[rng.integers(4, size=400)] + 1e-3 * rng.normal(size=(400, 12))
    repeats = plain[rng.integers(30, size=400)]
    tiny = rng.normal(size=(400, 3)) * [1.0, 1e-7, 1e-9]
    offset = 1e9 + rng.integers(0, 50, size=(400, 2)) / 16
    constant = np.c_[np.full(400, 7.5), plain[:, :2]]
    few = rng.integers(0, 2, size=(400, 3)).astype(float)
    return {
        "plain": plain,
        "grid": grid,
        "clusters": clusters,
        "repeats": repeats,
        "tiny columns": tiny,
        "offset": offset,
        "constant column": constant,
        "few values": few,
        "all equal": np.ones((400, 4)),
        "denormal": rng.normal(size=(400, 4)) * 1e-310,
        "huge": rng.normal(size=(400, 4)) * 1e149,
        "one huge row": np.vstack([plain[:399], np.full((1, 12), 1e100)]),
    }


TABLES = tables()
STEPS = {
    "products 32": lambda steps: _Products(steps, lambda: steps.everything, np.float32),
    "products 64, distinct": lambda steps: _Products(steps, lambda: steps.distinct, np.float64),
    "tree": lambda steps: _Tree(steps, lambda: steps.distinct, at_once=64),
    "everything": lambda steps: _Products(steps, lambda: steps.distinct, np.float64, unlimited=True),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("step", STEPS)
def test_what_a_step_answers_is_right(name, step):
    points = Points(TABLES[name])
    job = self_join(points)
    job.indices.fill(-1)
    rest = STEPS[step](_Steps(job, 1)).answer(np.arange(400))
    answered = np.setdiff1d(np.arange(400), rest)
    expected = sorted_by_hand(points, points, 5, np.arange(400))
    np.testing.assert_array_equal(job.indices[answered], expected[answered])
    assert step != "everything" or rest.shape[0] == 0


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("name", TABLES)
def test_any_table_is_answered_by_the_rule(name, kind):
    if kind == np.float32 and name in ("huge", "one huge row", "denormal"):
        pytest.skip("does not fit into 32 bits")
    points = Points(TABLES[name].astype(kind))
    job = self_join(points)
    answer_exactly(job)
    # The twin measures in double precision, whatever the table is kept in.
    expected = sorted_by_hand(
        Points(points.numeric.astype(float)), Points(points.numeric.astype(float)), 5, job.own
    )
    np.testing.assert_array_equal(job.indices, expected)


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(30, 150), st.integers(1, 9)),
    values=st.sampled_from(["normal", "grid", "offset", "heavy"]),
    kind=st.sampled_from([np.float64, np.float32]),
    levels=st.sampled_from([None, 2, 300]),
    k=st.integers(1, 12),
    memory_mb=st.sampled_from([0.002, 0.05, 64.0]),
)
def test_any_job_is_answered_by_the_rule(seed, shape, values, kind, levels, k, memory_mb):
    rng = np.random.default_rng(seed)
    numbers = {
        "normal": lambda: rng.normal(size=shape),
        "grid": lambda: rng.integers(-2, 3, size=shape),
        "offset": lambda: 1e6 + rng.normal(size=shape) * 1e-2,
        "heavy": lambda: rng.standard_cauchy(size=shape) ** 3,
    }[values]().astype(kind)
    codes = None if levels is None else rng.integers(0, levels, size=(shape[0], 3)).astype(np.uint16)
    points = Points(numbers, codes, price=0.49)
    asked_rows = rng.permutation(shape[0])[:20]
    asked = points.take(asked_rows)
    own = np.where(rng.random(20) < 0.5, asked_rows, -1)
    job = SearchJob(points, asked, k, own, memory_mb)
    answer_exactly(job)
    np.testing.assert_array_equal(job.indices, sorted_by_hand(points, asked, k, own))


def test_a_finer_step_is_tried_where_too_many_compete():
    points = Points(TABLES["clusters"])
    coarse = BlockFinder(points, np.arange(400), 6, np.float32, 64.0)
    with pytest.raises(TooManyCandidates):
        coarse.find(points.take(slice(0, 50)), most=50 * 20)
    job = self_join(points)
    steps = _Steps(job, 1)
    steps.answer(np.arange(400))
    assert steps.steps[0].failed


def test_a_query_too_large_for_32_bits_goes_to_64():
    points, asked = Points(TABLES["plain"]), Points(np.full((3, 12), 1e140))
    with pytest.raises(TooManyCandidates):
        BlockFinder(points, np.arange(400), 6, np.float32, 64.0).find(asked, most=np.inf)
    job = SearchJob(points, asked, 4, None, 64.0)
    answer_exactly(job)
    np.testing.assert_array_equal(job.indices, sorted_by_hand(points, asked, 4, None))


def test_products_settle_plain_tables_with_few_candidates():
    """Rounding is bounded closely: of ordinary rows hardly more than those wanted are measured again."""
    rng = np.random.default_rng(1)
    points = Points(rng.normal(size=(3000, 30)))
    places, rows = BlockFinder(points, np.arange(3000), 6, np.float32, 64.0).find(
        points.take(slice(0, 500)), 1e9
    )
    assert places.shape == rows.shape
    assert 500 * 6 <= rows.shape[0] < 500 * 9


def test_a_tree_is_chosen_where_it_looks_at_few_rows(monkeypatch):
    monkeypatch.setattr("steelyard.kernels.neighbors_tree.TRIAL_PAIRS", 0)
    rng = np.random.default_rng(0)
    curve = rng.normal(size=(20_000, 1)) * np.ones(10) + 1e-6 * rng.normal(size=(20_000, 10))
    assert tree_pays(self_join(Points(curve)))
    assert not tree_pays(self_join(Points(rng.normal(size=(20_000, 10)))))
    assert not tree_pays(self_join(Points(sparse.csr_array(curve))))
    assert not tree_pays(self_join(Points(curve, np.zeros((20_000, 1), dtype=np.uint8))))


@pytest.mark.parametrize("width", [1, 2])
def test_where_a_tree_pays_it_is_asked_first_and_ties_are_settled(width, monkeypatch):
    monkeypatch.setattr("steelyard.kernels.neighbors_tree.TRIAL_PAIRS", 0)
    X = np.random.default_rng(0).integers(0, 60, size=(30_000, width)).astype(float)
    points = Points(X)
    asked = points.take(slice(0, 300))
    job = SearchJob(points, asked, 4, np.arange(300), 64.0)
    steps = _Steps(job, 1)
    assert isinstance(steps.steps[0], _Tree)
    steps.answer(np.arange(300))
    np.testing.assert_array_equal(job.indices, sorted_by_hand(points, asked, 4, job.own))


def test_the_tree_returns_the_queries_it_cannot_settle():
    ring = np.vstack([np.rint(np.repeat(np.eye(2), 150, axis=0)), [[0.0, 0.0]]])
    points = Points(ring)
    job = SearchJob(points, points.take(np.array([300])), 3, np.array([300]), 64.0)
    rest = TreeFinder(points, np.arange(301), 4).answer(job, np.array([0]))
    assert rest.tolist() == [0]


@pytest.mark.parametrize("n_codes", [2, 300])
@pytest.mark.parametrize("levels", [5, 1000])
def test_the_compiled_count_gives_the_same_candidates(n_codes, levels, monkeypatch):
    pytest.importorskip("numba")
    rng = np.random.default_rng(0)
    codes = compact_codes([rng.integers(-1, levels, size=(300, n_codes))])[0]
    points = Points(rng.normal(size=(300, 4)), codes, price=0.3)
    found = [
        BlockFinder(points, np.arange(300), 6, np.float32, 64.0, compiled=compiled).find(points, np.inf)
        for compiled in (False, True)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    plain, fast = self_join(points), self_join(points)
    answer_exactly(plain)
    monkeypatch.setattr(fast_counts, "COMPILED_PAIRS", 0)
    assert fast_counts.may_compile(plain.n_pairs)
    answer_exactly(fast)
    np.testing.assert_array_equal(plain.indices, fast.indices)
    np.testing.assert_array_equal(plain.squared, fast.squared)


def test_without_numba_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(fast_counts, "find_spec", lambda name: None)
    assert not fast_counts.may_compile(1e12)


@pytest.mark.parametrize("with_codes", [False, True])
@pytest.mark.parametrize("name", ["plain", "grid", "clusters"])
def test_threads_change_nothing(name, with_codes, monkeypatch):
    monkeypatch.setattr(exact_search, "PAIRS_PER_THREAD", 1)
    monkeypatch.setattr(exact_search, "QUERIES_AT_ONCE", 37)
    codes = np.random.default_rng(0).integers(0, 3, size=(400, 2)).astype(np.uint8) if with_codes else None
    jobs = [self_join(Points(TABLES[name], codes)) for _ in range(3)]
    for n_jobs, job in zip((1, 2, 3), jobs, strict=True):
        answer_exactly(job, n_jobs)
        np.testing.assert_array_equal(job.indices, jobs[0].indices)
        np.testing.assert_array_equal(job.squared, jobs[0].squared)


@pytest.mark.parametrize("density", [0.02, 0.4])
def test_sparse_rows_with_explicit_zeros_and_many_empty_ones(density):
    rng = np.random.default_rng(0)
    X = rng.integers(1, 4, size=(300, 40)) * (rng.random((300, 40)) < density).astype(float)
    X[rng.random(300) < 0.4] = 0.0
    table = sparse.csr_array(X)
    table.data[::7] = 0.0
    dense = Points(table.toarray())
    job = self_join(Points(table))
    answer_exactly(job)
    np.testing.assert_array_equal(job.indices, sorted_by_hand(dense, dense, 5, job.own))


def test_scores_of_a_block_stay_within_the_memory_allowed():
    points = Points(TABLES["plain"], np.zeros((400, 2), dtype=np.uint8))
    for memory_mb in (0.01, 0.1, 1.0):
        finder = BlockFinder(points, np.arange(400), 6, np.float64, memory_mb)
        cells = finder.n_queries * finder.n_rows
        assert cells * (8 + neighbors_blocks.BYTES_BESIDE_WITH_CODES) <= memory_mb * 2**20
