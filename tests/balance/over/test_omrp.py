"""OMRP against plain loops: where points go, which are accepted, what is copied."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance import check_sampler
from steelyard.balance.over.omrp import OMRP
from steelyard.balance.over.penalised import Penalties, Surroundings
from steelyard.data import load
from steelyard.errors import BadOption, UserError
from steelyard.kernels.neighborhood import Neighborhood
from trouble import TROUBLE


@pytest.mark.parametrize("sampler", [OMRP(random_state=0), OMRP(random_state=0, seeds="roulette")], ids=repr)
def test_every_promise_is_kept(sampler):
    check_sampler(sampler)


@pytest.mark.parametrize("sampler", [OMRP(standardize=True), OMRP(estimator="gnb")], ids=repr)
def test_every_promise_but_one_where_the_whole_table_is_looked_at(sampler):
    check_sampler(sampler, skip=["independent classes"])


@parametrize_with_checks([OMRP(random_state=0)])
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
def test_imbalanced_learn_agrees(check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check("OMRP", clone(OMRP(random_state=0)))


def slow_moved(X, a, b, u, own_core, others, k, penalties):
    """One point by the formula."""
    l1, l2, l3 = penalties
    x = X[a] + u * (X[b] - X[a])

    def middle(pool):
        far = sorted((np.linalg.norm(x - X[row]), row) for row in pool)[:k]
        return np.mean([X[row] for _, row in far], axis=0), np.mean([d for d, _ in far])

    (nu, d_own), (mu, d_en) = middle(own_core), middle(others)
    push = max(0, d_own - d_en) * (x - mu) / np.linalg.norm(x - mu)
    return x + l1 * (nu - x) + l2 * push + l3 * ((X[a] + X[b]) / 2 - x)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.tuples(*[st.floats(0, 2)] * 3), st.integers(1, 6))
def test_points_by_the_formula(seed, penalties, k):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 3))
    own, others, core = np.arange(10), np.arange(10, 30), np.array([0, 2, 3, 7])
    base, partner, step = rng.integers(10, size=6), rng.integers(10, size=6), rng.random(6)
    surroundings = Surroundings(Neighborhood(X), own, others, k)
    moved = Penalties(*penalties, core).moved(surroundings, base, partner, step, None)
    slow = [
        slow_moved(X, *pair, core, others, k, penalties) for pair in zip(base, partner, step, strict=True)
    ]
    np.testing.assert_allclose(moved, slow, atol=1e-9)
    accepted = surroundings.accepts(moved, None)
    for point, fits in zip(moved, accepted, strict=True):
        far = np.linalg.norm(X - point, axis=1)
        assert fits == (far[own].min() <= far[others].min())


def test_without_penalties_points_are_those_of_smote():
    X = np.random.default_rng(0).normal(size=(20, 2))
    surroundings = Surroundings(Neighborhood(X), np.arange(8), np.arange(8, 20), 5)
    base, partner, step = np.array([0, 1]), np.array([3, 4]), np.array([0.25, 0.9])
    moved = Penalties(0, 0, 0, np.arange(8)).moved(surroundings, base, partner, step, None)
    np.testing.assert_allclose(moved, X[base] + step[:, None] * (X[partner] - X[base]))


def test_a_point_on_the_mean_of_its_enemies_stays_finite():
    X = np.array([[0.0], [0.0], [5.0], [5.0]])
    surroundings = Surroundings(Neighborhood(X), np.array([2, 3]), np.array([0, 1]), 2)
    moved = Penalties(0, 1, 0, np.array([2, 3])).moved(
        surroundings, np.array([0]), np.array([1]), np.array([0.5]), None
    )
    assert moved.tolist() == [[0.0]]


def overlapping(seed=0, rare=25):
    rng = np.random.default_rng(seed)
    y = np.repeat(["common", "rare"], [120, rare])
    return rng.normal(size=(120 + rare, 2)) + 1.5 * (y == "rare")[:, None], y


def test_every_synthetic_row_lies_no_nearer_to_another_class():
    X, y = overlapping()
    sampler = OMRP(random_state=0)
    X_out, y_out = sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    copied = (X_out[made][:, None] == X[None]).all(axis=2).any(axis=1)
    assert copied.sum() == sampler.fallbacks_["rare"]
    for point in X_out[made][~copied]:
        far = np.linalg.norm(X - point, axis=1)
        assert far[y == "rare"].min() <= far[y == "common"].min() + 1e-9
    assert (y_out[made] == "rare").all()
    assert 0 < sampler.acceptance_["rare"] <= 1


def test_noise_starts_and_joins_no_synthetic_row():
    X, y = overlapping()
    X[-1] = [-1.0, -1.0]  # deep in the other class
    lone = len(X) - 1
    sampler = OMRP(random_state=0)
    sampler.fit_resample(X, y)
    assert lone not in sampler.parents_
    everywhere = OMRP(random_state=0, noise=0.0, rival=1.0)
    everywhere.fit_resample(X, y)
    assert lone in everywhere.parents_


def test_cohesion_draws_towards_the_core():
    X, y = overlapping()
    kept = []
    for cohesion in (0.0, 0.8):
        sampler = OMRP(random_state=0, cohesion=cohesion, separation=0.0, fidelity=0.0)
        X_out, _ = sampler.fit_resample(X, y)
        kept.append(X_out[sampler.origin_ < 0].var(axis=0).sum())
    assert kept[1] < kept[0]


def test_separation_moves_points_away_from_other_classes():
    X, y = overlapping()
    nearest = []
    for separation in (0.0, 1.0):
        sampler = OMRP(random_state=0, cohesion=0.0, separation=separation, fidelity=0.0)
        X_out, _ = sampler.fit_resample(X, y)
        made = X_out[sampler.origin_ < 0]
        far = np.linalg.norm(made[:, None] - X[y == "common"][None], axis=2)
        nearest.append(np.sort(far, axis=1)[:, :5].mean())
    assert nearest[1] > nearest[0]


def test_roulette_starts_near_the_border():
    X, y = overlapping(rare=40)
    far = []
    for seeds in ("uniform", "roulette"):
        sampler = OMRP(sampling_strategy={"rare": 1500}, random_state=0, seeds=seeds)
        sampler.fit_resample(X, y)
        start = sampler.parents_[sampler.origin_ < 0, 0]
        to_others = np.sort(np.linalg.norm(X[:, None] - X[None, y == "common"], axis=2), axis=1)[:, :5]
        far.append(to_others[start].mean())
    assert far[1] < far[0]


@pytest.mark.parametrize("usable", [0, 1])
def test_too_few_usable_rows_are_copied_and_said(usable):
    """Rare rows that lie among the others, none or one of them with ground of its own."""
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(size=(60, 2)), [[0.0, 0.0], [1.0, 1.0]]]
    y = np.repeat(["common", "rare"], [60, 2])
    if usable:
        X = np.r_[X, [[30.0, 30.0]] * 11, [[30.1, 30.0]]]
        y = np.r_[y, ["other"] * 11, ["rare"]]
    sampler = OMRP(sampling_strategy={"rare": 40}, random_state=0, core=1.0, noise=0.3 if usable else 0.1)
    X_out, _ = sampler.fit_resample(X, y)
    assert sampler.fallbacks_["rare"] == 38 - usable
    assert np.isnan(sampler.acceptance_["rare"])
    allowed = X[y == "rare"]
    assert (X_out[sampler.origin_ < 0][:, None] == allowed[None]).all(axis=2).any(axis=1).all()
    assert "copies" in sampler.note_


def test_groups_are_not_crossed_and_lone_rows_are_copied():
    X, y = overlapping(rare=24)
    groups = np.arange(len(X)) // 4
    sampler = OMRP(random_state=0)
    sampler.fit_resample(X, y, groups=groups)
    parents = sampler.parents_[sampler.origin_ < 0]
    assert (parents[:, 1] >= 0).any()
    paired = parents[parents[:, 1] >= 0]
    assert (groups[paired[:, 0]] == groups[paired[:, 1]]).all()
    alone = OMRP(random_state=0)
    alone.fit_resample(X, y, groups=np.arange(len(X)))
    assert alone.fallbacks_["rare"] == 120 - 24
    assert "without a mate" in alone.note_


def test_gaps_stay_and_categories_are_voted():
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [60, 20])
    frame = pd.DataFrame({"x": rng.normal(size=80) + 3 * (y == "rare"), "z": rng.normal(size=80)})
    frame.loc[70, "x"] = np.nan
    frame["colour"] = pd.Categorical(np.where(y == "rare", "red", "blue"))
    sampler = OMRP(random_state=0, standardize=True)
    made, _ = sampler.fit_resample(frame, y)
    synthetic = sampler.origin_ < 0
    assert (made["colour"][synthetic] == "red").all()
    from_gap = sampler.parents_[synthetic, 0] == 70
    assert made["x"][synthetic].isna().to_numpy().tolist() == from_gap.tolist()
    assert made.dtypes.equals(frame.dtypes)


def test_sparse_rows_go_where_dense_ones_do():
    X, y = overlapping()
    dense = OMRP(random_state=0)
    sparse_made = OMRP(random_state=0)
    X_dense, _ = dense.fit_resample(X, y)
    X_sparse, _ = sparse_made.fit_resample(sparse.csr_matrix(X), y)
    np.testing.assert_allclose(X_sparse.toarray(), X_dense, atol=1e-9)


def test_less_of_it_lies_among_held_out_rows_of_others_on_real_data():
    """The method's own aim, on a table where it is met; the recipe shows where it is not."""
    from steelyard.balance import SMOTE
    from steelyard.evaluate.judge_sampler import judge_sampler

    data = load("yeast4")
    half = np.arange(len(data)) % 2 == 0
    told = [
        judge_sampler(
            kind(standardize=True),
            (data.X[half], data.y[half]),
            (data.X[~half], data.y[~half]),
            random_state=0,
        )
        for kind in (SMOTE, OMRP)
    ]
    assert told[1]["held-out mismatch"] < told[0]["held-out mismatch"]
    assert told[1]["variance kept"] < told[0]["variance kept"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cohesion": -1}, "'cohesion'"),
        ({"seeds": "all"}, "'seeds'"),
        ({"k_neighbors": 0}, "'k_neighbors'"),
        ({"estimator": 3}, "'estimator'"),
        ({"rival": 2}, "'rival'"),
    ],
)
def test_parameters_that_make_no_sense(changes, said):
    with pytest.raises(BadOption, match=said):
        OMRP(**changes).fit_resample(*overlapping())


REFUSED = {
    "infinity": "infinity",
    "frame_with_dates": "datetime64",
    "huge_numbers": "Rescale",
    "one_row_class": "cross-fit",
}


def refusal(sampler, X, y):
    """The sentence a sampler refuses a table with, or None."""
    try:
        sampler.fit_resample(X, y)
    except UserError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", [OMRP(random_state=0), OMRP(random_state=0, estimator="gnb")], ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    refused = refusal(sampler, X, y)
    if refused is not None:
        assert re.search(REFUSED[name], refused)
        return
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    counts = np.unique(np.asarray(y_out), return_counts=True)[1]
    assert counts[0] == counts[1]
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
