"""Self-paced ensemble and balance cascade: what each member learns from, and what scikit-learn asks."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.data import load
from steelyard.errors import BadOption, BadTarget
from steelyard.learn import BalanceCascade, PriorCorrected, SelfPacedEnsemble, learner_by_name

KINDS = [SelfPacedEnsemble, BalanceCascade]
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)


def expected_failures(estimator):
    why = "members are fitted on draws of rows, so a weight of 2 is no row twice"
    return {
        "check_sample_weight_equivalence_on_dense_data": why,
        "check_sample_weight_equivalence_on_sparse_data": why,
    }


@parametrize_with_checks(
    [
        SelfPacedEnsemble(random_state=0),
        BalanceCascade(TREE, n_estimators=3, random_state=0),
        BalanceCascade(
            HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2), n_estimators=3, random_state=0
        ),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def rows():
    return make_classification(
        1200, 8, n_informative=4, n_classes=3, weights=[0.8, 0.15], class_sep=0.7, random_state=1
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_member_learns_from_equally_many_rows_of_each_class(kind, rows):
    X, y = rows
    model = kind(TREE, n_estimators=4, random_state=0).fit(X, y)
    smallest = np.bincount(y).min()
    assert len(model.estimators_) == 4
    for drawn in model.estimators_samples_:
        assert np.bincount(y[drawn]).tolist() == [smallest] * 3
        assert np.unique(drawn).shape == drawn.shape
        assert set(np.flatnonzero(y == np.argmin(np.bincount(y)))) <= set(drawn.tolist())


def hardness_of(model, members, X, y):
    """One minus the mean probability of the own class over the first members, row by row."""
    hardness = []
    for row, label in zip(X, y, strict=True):
        said = [model.estimators_[member].predict_proba(row[None])[0, label] for member in range(members)]
        hardness.append(1 - sum(said) / members)
    return hardness


def rows_from_each_bin(hardness, drawn, k_bins):
    """How many drawn rows lie in each of ``k_bins`` equal stretches, and what each may give: plain loops."""
    low, high = min(hardness), max(hardness)
    got, has, total = [0] * k_bins, [0] * k_bins, [0.0] * k_bins
    for place, value in enumerate(hardness):
        home = min(int((value - low) / (high - low) * k_bins), k_bins - 1)
        got[home] += place in drawn
        has[home] += 1
        total[home] += value
    return got, has, total


@pytest.mark.parametrize("member", [1, 2, 3])
def test_bins_give_what_the_papers_formula_says(member):
    X, y = make_classification(900, 6, weights=[0.9], class_sep=0.3, flip_y=0.1, random_state=3)
    k_bins, n = 4, 4
    shallow = DecisionTreeClassifier(max_depth=2, random_state=0)
    model = SelfPacedEnsemble(shallow, n_estimators=n, k_bins=k_bins, random_state=5).fit(X, y)
    large = np.flatnonzero(y == 0)
    hardness = hardness_of(model, member, X[large], y[large])
    drawn = set(np.searchsorted(large, np.intersect1d(model.estimators_samples_[member], large)).tolist())
    got, has, total = rows_from_each_bin(hardness, drawn, k_bins)
    alpha = np.tan(np.pi / 2 * member / (n - 1))
    weight = [1 / (total[b] / has[b] + alpha) if has[b] else 0.0 for b in range(k_bins)]
    wanted = [int((y == 1).sum()) * w / sum(weight) for w in weight]
    assert sum(got) == (y == 1).sum()
    if all(has[b] >= wanted[b] for b in range(k_bins)):
        assert np.allclose(got, wanted, atol=1)
    else:  # a bin that lacks rows gives all it has
        assert any(got[b] == has[b] < wanted[b] for b in range(k_bins))
        assert all(got[b] == has[b] or got[b] >= wanted[b] - 1 for b in range(k_bins))


def test_the_cascade_keeps_the_rows_the_member_knew_least():
    X, y = make_classification(900, 6, weights=[0.9], class_sep=0.3, flip_y=0.1, random_state=3)
    n = 4
    model = BalanceCascade(LogisticRegression(), n_estimators=n, random_state=5).fit(X, y)
    pool = set(np.flatnonzero(y == 0).tolist())
    size, smallest = len(pool), int((y == 1).sum())
    for member in range(n):
        drawn = {row for row in model.estimators_samples_[member].tolist() if y[row] == 0}
        assert drawn <= pool
        if member == n - 1:
            assert drawn == pool
            break
        own = {row: model.estimators_[member].predict_proba(X[[row]])[0, 0] for row in pool}
        stays = round(size * (smallest / size) ** ((member + 1) / (n - 1)))
        pool = set(sorted(pool, key=own.get)[:stays])


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_with_categories_and_gaps_reaches_the_members(kind):
    data = load("car")
    frame = data.X.astype("category")
    frame.iloc[::7, 0] = np.nan
    boosting = HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_iter=10, min_samples_leaf=5
    )
    model = kind(boosting, n_estimators=3, random_state=0).fit(frame, data.y)
    assert list(model.feature_names_in_) == list(frame.columns)
    assert model.estimators_[0].is_categorical_.all()
    assert model.predict_proba(frame).shape == (len(frame), 4)
    assert (model.predict(frame) == data.y).mean() > 0.7


@pytest.mark.parametrize("kind", KINDS)
def test_sparse_rows_and_polars_frames(kind):
    pl = pytest.importorskip("polars")
    X, y = make_classification(300, 5, weights=[0.8], random_state=0)
    dense = kind(TREE, n_estimators=2, random_state=0).fit(X, y).predict_proba(X)
    sparse_rows = sparse.csr_matrix(X)
    np.testing.assert_allclose(
        kind(TREE, n_estimators=2, random_state=0).fit(sparse_rows, y).predict_proba(sparse_rows), dense
    )
    frame = pl.DataFrame(X, schema=list("abcde"))
    np.testing.assert_allclose(
        kind(TREE, n_estimators=2, random_state=0).fit(frame, y).predict_proba(frame), dense
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_model_on_any_number_of_threads(kind, rows):
    X, y = rows
    one = kind(n_estimators=3, random_state=4).fit(X, y)
    two = kind(n_estimators=3, random_state=4, n_jobs=2).fit(X, y)
    other = kind(n_estimators=3, random_state=5).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert not np.array_equal(one.estimators_samples_[0], other.estimators_samples_[0])


@pytest.mark.parametrize("kind", KINDS)
def test_weights_reach_the_members_and_rows_of_weight_0_are_never_drawn(kind, rows):
    X, y = rows
    weight = np.ones(len(y))
    weight[::3] = 0
    model = kind(TREE, n_estimators=3, random_state=0).fit(X, y, sample_weight=weight)
    assert all((drawn % 3 != 0).all() for drawn in model.estimators_samples_)
    heavy = kind(TREE, n_estimators=2, random_state=0).fit(X, y, sample_weight=1 + 99 * (y == 2))
    plain = kind(TREE, n_estimators=2, random_state=0).fit(X, y)
    assert heavy.predict_proba(X)[:, 2].mean() > plain.predict_proba(X)[:, 2].mean()


@pytest.mark.parametrize("kind", KINDS)
def test_equal_classes_need_no_draw(kind):
    X, y = make_classification(200, flip_y=0, random_state=0)
    model = kind(TREE, n_estimators=2, random_state=0).fit(X, y)
    assert model.estimators_samples_[1].tolist() == list(range(200))


@pytest.mark.parametrize("kind", KINDS)
def test_what_makes_no_sense_is_refused(kind, rows):
    X, y = rows
    with pytest.raises(BadOption, match="'n_estimators' parameter"):
        kind(n_estimators=0).fit(X, y)
    with pytest.raises(BadOption, match="must give probabilities"):
        kind(LinearSVC()).fit(X, y)
    with pytest.raises(BadTarget, match="at least 2 classes"):
        kind().fit(X, np.zeros(len(X)))
    with pytest.raises(BadOption, match="'k_bins' parameter"):
        SelfPacedEnsemble(k_bins=0).fit(X, y)


@pytest.mark.parametrize("kind", KINDS)
def test_no_table_is_kept_in_the_model(kind, rows):
    model = kind(TREE, n_estimators=2, random_state=0).fit(*rows)
    assert not any(getattr(value, "shape", ())[1:] == (8,) for value in vars(model).values())


@pytest.mark.parametrize("kind", KINDS)
def test_prior_correction_brings_probabilities_back_to_the_shares_of_the_data(kind):
    X, y = make_classification(4000, weights=[0.95], flip_y=0, class_sep=0.5, random_state=0)
    model = PriorCorrected(kind(LogisticRegression(), n_estimators=3, random_state=0)).fit(X, y)
    assert model.estimator_.predict_proba(X)[:, 1].mean() > 0.2
    assert model.predict_proba(X)[:, 1].mean() < 0.12


@pytest.mark.parametrize("name", ["self-paced", "balance-cascade"])
def test_by_name_they_find_a_real_rare_class_better_than_chance(name):
    data = load("yeast")
    y = np.where(data.y == "EXC", "EXC", "other")
    train = np.arange(len(y)) % 3 != 0
    made = learner_by_name(name).make(
        n_rows=int(train.sum()), class_counts=[int((y[train] == "EXC").sum()), 900], random_state=0
    )
    assert isinstance(data.X, pd.DataFrame)
    made.fit(data.X[train], y[train])
    rare = y[~train] == "EXC"
    assert average_precision_score(rare, made.predict_proba(data.X[~train])[:, 0]) > 10 * rare.mean()
