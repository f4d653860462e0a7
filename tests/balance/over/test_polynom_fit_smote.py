import numpy as np
import pytest
from scipy import sparse

from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE


def rows(n_common=40, n_rare=10, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_common + n_rare, 3))
    return X, np.repeat(["common", "rare"], [n_common, n_rare])


def made(topology, X, y, **more):
    sampler = PolynomFitSMOTE(topology=topology, random_state=0, **more)
    X_out, _ = sampler.fit_resample(X, y)
    synthetic = sampler.origin_ < 0
    return X_out[synthetic], sampler.parents_[synthetic], sampler


def test_a_star_lies_evenly_between_rows_and_their_mean():
    X, y = rows(n_common=40)
    children, parents, _ = made("star", X, y)
    middle = X[40:].mean(axis=0)
    # 30 children on 10 lines: three on each, at quarters.
    steps = [
        np.linalg.norm(child - X[p]) / np.linalg.norm(middle - X[p])
        for child, p in zip(children, parents[:, 0], strict=False)
    ]
    np.testing.assert_allclose(np.sort(steps), np.repeat([0.25, 0.5, 0.75], 10))
    for child, step, parent in zip(children, steps, parents[:, 0], strict=True):
        np.testing.assert_allclose(child, X[parent] + step * (middle - X[parent]))
    assert np.unique(parents, return_counts=True)[1].tolist() == [3] * 10


def test_a_bus_leads_from_row_to_row():
    X, y = rows(n_common=19)
    children, parents, sampler = made("bus", X, y)
    assert np.unique(parents, axis=0).tolist() == [[19 + i, 20 + i] for i in range(9)]
    np.testing.assert_allclose(children, X[parents].mean(axis=1))
    np.testing.assert_allclose(sampler.steps_[sampler.origin_ < 0], 0.5)


def test_a_mesh_joins_any_two_rows_once_before_any_twice():
    X, y = rows(n_common=55)
    _, parents, _ = made("mesh", X, y)
    assert len(parents) == 45
    assert len(np.unique(parents, axis=0)) == 45
    assert (parents[:, 0] < parents[:, 1]).all()


def test_a_curve_runs_along_rows_in_the_order_of_their_means():
    n = 12
    place = np.arange(n)
    curve = np.stack([place, 0.1 * place**2], axis=1).astype(float)
    X = np.concatenate(
        [np.random.default_rng(0).normal(size=(60, 2)), np.random.default_rng(1).permutation(curve)]
    )
    y = np.repeat(["common", "rare"], [60, n])
    children, parents, _ = made("poly", X, y)
    np.testing.assert_allclose(children[:, 1], 0.1 * children[:, 0] ** 2, atol=1e-9)
    assert (np.abs(X[parents[:, 0], 0] - children[:, 0]) <= 0.5 + 1e-9).all()
    straight, _, _ = made("poly", X, y, degree=1)
    np.testing.assert_allclose(np.linalg.matrix_rank(straight - straight[0], tol=1e-8), 1)


def test_gaps_are_filled_only_beyond_the_middle():
    X, y = rows()
    X[40:45, 0] = np.nan
    children, parents, _ = made("star", X, y)
    gap = np.isnan(children[:, 0])
    from_gap = parents[:, 0] < 45
    assert not gap[~from_gap].any()
    assert 0 < gap[from_gap].sum() < from_gap.sum()
    np.testing.assert_allclose(children[from_gap & ~gap, 0], np.nanmean(X[40:, 0]))


@pytest.mark.parametrize("topology", ["star", "bus", "mesh", "poly"])
def test_a_sparse_table_gives_the_rows_of_a_dense_one(topology):
    X, y = rows()
    X[np.abs(X) < 0.5] = 0
    dense, _, _ = made(topology, X, y)
    thin, _, _ = made(topology, sparse.csr_array(X), y)
    np.testing.assert_allclose(thin.toarray(), dense, atol=1e-12)


def test_the_mean_is_that_of_the_group():
    X, y = rows()
    groups = np.arange(50) % 2
    sampler = PolynomFitSMOTE(random_state=0)
    X_out, _ = sampler.fit_resample(X, y, groups=groups)
    for row in np.flatnonzero(sampler.origin_ < 0):
        parent = sampler.parents_[row, 0]
        middle = X[40:][groups[40:] == groups[parent]].mean(axis=0)
        whole, part = middle - X[parent], X_out[row] - X[parent]
        np.testing.assert_allclose(part @ whole, np.linalg.norm(part) * np.linalg.norm(whole))


def test_categories_alone_are_copied_and_that_is_said():
    X = np.array([["a"], ["b"], ["a"], ["a"], ["b"], ["c"]])
    sampler = PolynomFitSMOTE(random_state=0)
    sampler.fit_resample(X, [0, 0, 0, 0, 1, 1])
    assert sampler.note_ == "class 1: its columns are categories alone, so synthetic rows are copies"
