"""A proof must never be wrong, whatever the table; how many rows are proved is a matter of speed."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from steelyard.kernels import safe_rows as module
from steelyard.kernels.cells import Rough, cells_of, code_gaps, greatest
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.safe_rows import safe_rows


@pytest.fixture
def every_size(monkeypatch):
    """Prove classes of any size, however few of their rows can be."""
    monkeypatch.setattr(module, "LEAST_ROWS", 2)
    monkeypatch.setattr(module, "TRIAL_SHARE", 0.0)


def exact_squares(X, row, codes, mismatch):
    squared = ((X - X[row]).astype(np.longdouble) ** 2).sum(axis=1)
    if codes is not None:
        squared += np.longdouble(mismatch) ** 2 * (codes != codes[row]).sum(axis=1)
    return squared


def assert_witnesses_hold(around, labels, witnesses, asked_classes):
    """Each witness is another row of the class, named once, strictly nearer than every enemy."""
    X = np.asarray(around.numbers, dtype=float)
    for row, named in enumerate(witnesses):
        named = named[named >= 0]
        assert len(set(named.tolist())) == len(named)
        if len(named):
            squared = exact_squares(X, row, around.codes, around.mismatch)
            assert row not in named
            assert labels[row] in asked_classes
            assert (labels[named] == labels[row]).all()
            assert squared[named].max() < squared[labels != labels[row]].min()


@pytest.mark.usefixtures("every_size")
class TestProofs:
    @settings(deadline=None, max_examples=80)
    @given(
        seed=st.integers(0, 10**6),
        levels=st.sampled_from([2, 4, 9, 10**6]),
        offset=st.sampled_from([0.0, 1e3, 1e9]),
        scale=st.sampled_from([1.0, 1e-3, 1e-170, 1e140]),
        n=st.integers(6, 120),
        needed=st.integers(1, 4),
        spare=st.integers(0, 3),
        with_codes=st.booleans(),
        single=st.booleans(),
    )
    @example(seed=0, levels=4, offset=0.0, scale=1.0, n=100, needed=3, spare=0, with_codes=True, single=True)
    def test_hold_on_any_grid(self, seed, levels, offset, scale, n, needed, spare, with_codes, single):
        rng = np.random.default_rng(seed)
        X = (rng.integers(0, levels, size=(n, 3)) + offset) * scale
        if single and scale == 1.0:
            X = X.astype(np.float32)
        codes = rng.integers(3, size=(n, 2)) if with_codes else None
        labels = (rng.random(n) < 0.3).astype(np.intp) + (rng.random(n) < 0.1)
        assume(len(np.unique(labels)) > 1)
        around = Neighborhood(X, codes, mismatch=1.3 * scale)
        witnesses = safe_rows(around, labels, np.array([0, 2]), needed, spare=spare)
        assert witnesses.shape == (n, needed + spare)
        assert_witnesses_hold(around, labels, witnesses, {0, 2})

    def test_nearly_all_rows_of_a_dense_class_are_proved(self):
        rng = np.random.default_rng(0)
        X = np.vstack([rng.normal(size=(3000, 4)), rng.normal(3.0, 0.5, size=(30, 4))])
        labels = np.repeat([0, 1], [3000, 30])
        around = Neighborhood(X)
        witnesses = safe_rows(around, labels, np.array([0]), 3)
        assert_witnesses_hold(around, labels, witnesses, {0})
        near = around.nearest(3)[0]
        safe = (labels[near] == 0).all(axis=1) & (labels == 0)
        assert (witnesses[safe] >= 0).all(axis=1).mean() > 0.98
        assert (witnesses[labels == 1] == -1).all()

    @pytest.mark.parametrize("offset", [0.0, 1e7])
    @pytest.mark.parametrize("unit", [1.0, 1e-5])
    def test_offsets_and_units_cost_no_proofs(self, offset, unit):
        """In one frame for the whole table, single precision could not tell these rows apart."""
        rng = np.random.default_rng(0)
        X = np.vstack([rng.normal(size=(2000, 3)), rng.normal(2.0, 1.0, size=(20, 3))])
        wild = np.column_stack([X[:, 0] * unit + offset, X[:, 1] * unit, X[:, 2] * unit])
        wild[0, 1] = 1e4  # one outlier far away
        labels = np.repeat([0, 1], [2000, 20])
        witnesses = safe_rows(Neighborhood(wild), labels, np.array([0]), 3)
        assert (witnesses[:2000] >= 0).all(axis=1).mean() > 0.9

    def test_an_enemy_as_near_as_a_witness_spoils_the_proof(self):
        # Row 2 is as far from row 1 as the enemy, row 4, is from it.
        around = Neighborhood(np.array([[0.0], [1.0], [2.0], [0.9], [3.0]]))
        labels = np.array([0, 0, 0, 0, 1])
        witnesses = safe_rows(around, labels, np.array([0]), 2)
        proved = (witnesses >= 0).all(axis=1)
        assert not proved[2]
        assert proved[0]

    def test_which_rows_are_pivots_changes_no_truth(self, monkeypatch):
        rng = np.random.default_rng(3)
        X, labels = rng.integers(0, 12, size=(400, 3)).astype(float), (rng.random(400) < 0.1).astype(np.intp)
        found = []
        for seed in (0, 1, 2):
            monkeypatch.setattr("steelyard.kernels.cells.SEED", seed)
            found.append(safe_rows(Neighborhood(X), labels, np.array([0]), 2))
            assert_witnesses_hold(Neighborhood(X), labels, found[-1], {0})
        assert not np.array_equal(found[0], found[1])

    def test_witnesses_from_other_cells_hold_too(self):
        """Rows on small islands, each cut off from the others by enemies."""
        rng = np.random.default_rng(5)
        islands = np.repeat(rng.normal(0, 30, size=(40, 2)), 3, axis=0) + rng.normal(0, 0.01, size=(120, 2))
        X = np.vstack([islands, rng.normal(0, 30, size=(60, 2))])
        labels = np.repeat([0, 1], [120, 60])
        around = Neighborhood(X)
        witnesses = safe_rows(around, labels, np.array([0]), 1, spare=4)
        assert (witnesses[:120, 0] >= 0).any()
        assert_witnesses_hold(around, labels, witnesses, {0})


def test_a_table_of_one_class_is_proved():
    around = Neighborhood(np.random.default_rng(0).normal(size=(1200, 2)))
    witnesses = safe_rows(around, np.zeros(1200, dtype=np.intp), np.array([0]), 2)
    assert (witnesses >= 0).all(axis=1).mean() > 0.9


def test_threads_change_nothing():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(5000, 3)), rng.normal(1.5, 1.0, size=(50, 3))])
    labels = np.repeat([0, 1], [5000, 50])
    one, two = (safe_rows(Neighborhood(X, n_jobs=n), labels, np.array([0]), 2, spare=1) for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_numbers_too_large_for_their_squares_prove_nothing_wrong():
    rng = np.random.default_rng(0)
    X, labels = rng.uniform(-1, 1, size=(1500, 2)) * 1.7e308, np.repeat([0, 1], [1480, 20])
    witnesses = safe_rows(Neighborhood(X), labels, np.array([0]), 2)
    for row in range(0, 1480, 50):
        named = witnesses[row][witnesses[row] >= 0]
        if len(named):
            apart = (X / 1e308 - X[row] / 1e308) ** 2
            assert apart.sum(axis=1)[named].max() < apart.sum(axis=1)[1480:].min()


def test_a_class_that_can_hardly_be_proved_is_left_to_the_search(monkeypatch):
    monkeypatch.setattr(module, "TRIAL_ROWS", 100)
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(4000, 5)), np.arange(4000) % 2
    witnesses = safe_rows(Neighborhood(X), labels, np.array([0]), 3)
    assert (witnesses >= 0).any(axis=1).sum() < 200


def test_small_classes_and_sparse_tables_are_left_to_the_search():
    X, labels = np.arange(50.0)[:, None], np.repeat([0, 1], [45, 5])
    assert (safe_rows(Neighborhood(X), labels, np.array([0]), 2) == -1).all()
    X, labels = np.arange(1500.0)[:, None], np.repeat([0, 1], [1495, 5])
    assert (safe_rows(Neighborhood(sparse.csr_matrix(X)), labels, np.array([0]), 2) == -1).all()
    assert (safe_rows(Neighborhood(X), labels, np.array([0]), 2)[:1490] >= 0).all(axis=1).mean() > 0.9


def test_every_row_is_in_one_cell_and_no_cell_is_huge():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(1000, 2))
    numbers[:700] = 0.0
    rows = rng.permutation(1000)[:900]
    pivots, cells = cells_of(Rough(Neighborhood(numbers)), rows)
    assert len(pivots) == len(cells)
    np.testing.assert_array_equal(np.sort(np.concatenate(cells)), np.sort(rows))
    assert max(len(cell) for cell in cells) <= 90


def test_cells_follow_codes_too():
    codes = np.repeat([[0], [1]], 50, axis=0)
    _, cells = cells_of(Rough(Neighborhood(np.zeros((100, 1)), codes)), np.arange(100))
    assert all(len(np.unique(codes[cell])) == 1 for cell in cells)


def test_code_gaps_count_more_columns_than_a_byte_holds():
    left = np.zeros((300, 2), dtype=np.uint8)
    gaps = code_gaps(left, left + np.array([0, 1], dtype=np.uint8))
    assert gaps.tolist() == [[0, 300], [0, 300]]


def test_the_greatest_come_in_order():
    score = np.random.default_rng(0).normal(size=(7, 20))
    places, values = greatest(score.copy(), 5)
    np.testing.assert_array_equal(places, np.argsort(-score, axis=1)[:, :5])
    np.testing.assert_array_equal(values, np.take_along_axis(score, places, axis=1))
