"""Pruned ensembles: honest validation, searches on one pool, what scikit-learn asks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score, recall_score
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.balance import SMOTE, RandomOverSampler
from steelyard.data import load
from steelyard.errors import BadOption, BadTarget, CannotResample
from steelyard.kernels.out_of_fold import inner_splits
from steelyard.learn.fit_together import fit_together
from steelyard.learn.pruned_ensemble import PrunedEnsemble
from steelyard.learn.subset_score import MemberProba, SubsetScore, f1_and_recalls
from steelyard.learn.weak_learners import weak_learners

SMALL = {"n_members": 10, "iterations": 5, "random_state": 0}


def expected_failures(estimator):
    why = "a weight sets the chance of a draw, so a weight of 2 is no row twice"
    return {"check_sample_weight_equivalence_on_dense_data": why}


@parametrize_with_checks(
    [PrunedEnsemble(n_members=6, iterations=2, random_state=0)], expected_failed_checks=expected_failures
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def rows():
    return make_classification(
        240, 6, n_informative=4, n_classes=3, weights=[0.7, 0.2], class_sep=1.2, random_state=2
    )


def slow_value(proba, codes, bits, penalty):
    """J of one subset with scikit-learn's metrics."""
    decided = proba[bits].mean(axis=0).argmax(axis=1)
    present = np.unique(codes)
    recalls = recall_score(codes, decided, labels=present, average=None, zero_division=0)
    f1 = f1_score(codes, decided, labels=present, average="macro", zero_division=0)
    g = np.prod(np.maximum(recalls, 1e-3)) ** (1 / len(present))
    return (f1 + g) / 2 - penalty * bits.mean()


def test_the_score_by_the_definition():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=(8, 50)).astype(np.float32)
    codes = rng.integers(0, 2, size=50)  # the third class has no row
    score = SubsetScore(MemberProba(proba, codes), size_penalty=0.05)
    subsets = rng.random((30, 8)) > 0.5
    subsets[~subsets.any(axis=1), 0] = True
    slow = [slow_value(proba, codes, bits, 0.05) for bits in subsets]
    np.testing.assert_allclose(score(subsets), slow, atol=1e-6)


def test_weights_count_in_the_score():
    proba = np.array([[[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]]])
    codes, weight = np.array([0, 1, 1]), np.array([1.0, 3.0, 1.0])
    score = SubsetScore(MemberProba(proba, codes, weight), size_penalty=0.0)
    counts = confusion_matrix(codes, [0, 0, 1], sample_weight=weight).astype(float)
    assert score(np.array([[True]]))[0] == pytest.approx(f1_and_recalls(counts[None])[0])


def test_a_class_nobody_finds_does_not_make_all_subsets_equal():
    two = np.array([[[5.0, 0, 0], [1, 4, 0], [5, 0, 0]], [[5.0, 0, 0], [0, 5, 0], [5, 0, 0]]])
    told = f1_and_recalls(two)
    assert told[1] > told[0] > 0


def test_rows_left_out_are_never_seen_by_sampler_or_members(rows):
    """Every row carries its number; a sampler and a learner write down what they see."""
    X, y = rows
    X = np.c_[np.arange(len(X)), X]
    seen = []

    class Watch(RandomOverSampler):
        def fit_resample(self, X, y, **facts):
            seen.append(set(X[:, 0].astype(int).tolist()))
            return super().fit_resample(X, y, **facts)

    PrunedEnsemble(sampler=Watch(), cv=3, **SMALL).fit(X, y)
    splits = inner_splits(np.unique(y, return_inverse=True)[1], 3, random_state=model_seed())
    assert len(seen) == 4
    for (train, test), rows_seen in zip(splits, seen[:3], strict=True):
        assert rows_seen == set(train.tolist())
        assert not rows_seen & set(test.tolist())
    assert seen[3] == set(range(len(X)))


def model_seed():
    from steelyard.kernels.rng import int_seed

    return int_seed(0, "validation")


def test_validation_holds_raw_rows_once_each(rows):
    X, y = rows
    members = PrunedEnsemble(sampler=SMOTE(), **SMALL).validation(X, y)
    assert members.proba.shape == (10, 240, 3)
    np.testing.assert_allclose(members.proba.sum(axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(members.codes, np.unique(y, return_inverse=True)[1])


@pytest.mark.parametrize("search", ["jaya", "greedy", "random", None])
def test_sharing_a_pool_changes_nothing(rows, search):
    X, y = rows
    alone = PrunedEnsemble(sampler=SMOTE(), search=search, **SMALL).fit(X, y)
    together = fit_together(
        {
            name or "all": PrunedEnsemble(sampler=SMOTE(), search=name, **SMALL)
            for name in ("jaya", "greedy", "random", None)
        },
        X,
        y,
    )[search or "all"]
    np.testing.assert_array_equal(alone.selected_, together.selected_)
    np.testing.assert_array_equal(alone.predict_proba(X), together.predict_proba(X))
    assert alone.fitness_ == together.fitness_
    assert together.search == search


def test_searches_differ_as_they_should(rows):
    X, y = rows
    whole = PrunedEnsemble(search=None, **{**SMALL, "n_members": 16}).fit(X, y)
    members = whole.validation(X, y)
    jaya, greedy, lots = (whole.searched(members, name) for name in ("jaya", "greedy", "random"))
    assert jaya.fitness_ >= jaya.full_fitness_
    assert lots.selected_.sum() == jaya.selected_.sum()
    assert lots.fitness_ <= jaya.fitness_
    assert 1 <= greedy.selected_.sum() <= 16
    assert jaya.full_fitness_ == greedy.full_fitness_
    assert whole.fitness_ is None


def test_the_ensemble_says_the_mean_of_its_members(rows):
    X, y = rows
    model = PrunedEnsemble(**SMALL).fit(X, y)
    said = model.member_proba(X)
    assert said.shape == (model.selected_.sum(), 240, 3)
    np.testing.assert_allclose(model.predict_proba(X), said.mean(axis=0))
    kept = np.zeros(10, dtype=bool)
    kept[np.flatnonzero(model.selected_)[:1]] = True
    np.testing.assert_allclose(model.keep(kept).predict_proba(X), said[0])
    with pytest.raises(BadOption, match="members that are kept"):
        model.keep(np.zeros(10, dtype=bool))
    if not model.selected_.all():
        with pytest.raises(BadOption, match="members that are kept"):
            model.keep(np.ones(10, dtype=bool))


def test_choosing_by_the_rows_asked_about_flatters(rows):
    X, y = rows
    train = np.arange(len(X)) % 2 == 0
    model = PrunedEnsemble(search=None, **SMALL).fit(X[train], y[train])
    told = model.chosen_by(X[~train], y[~train], "jaya")
    assert told.fitness_ >= told.full_fitness_


def test_members_see_bootstraps_of_every_class_and_a_share_of_the_columns(rows):
    X, y = rows
    seen = []

    class Watch(DecisionTreeClassifier):
        def fit(self, X, y):
            seen.append((X.shape[1], np.bincount(y), np.unique(X, axis=0).shape[0]))
            return super().fit(X, y)

    PrunedEnsemble([Watch(max_depth=2)], search=None, **SMALL).fit(X, y)
    assert len(seen) == 10
    for columns, counts, distinct in seen:
        assert 4 <= columns <= 6
        np.testing.assert_allclose(counts, np.bincount(y), atol=1)
        assert distinct < 200
    assert len({columns for columns, _, _ in seen}) > 1


def test_at_most_so_many_rows_are_drawn(rows):
    X, y = rows
    sizes = []

    class Watch(DecisionTreeClassifier):
        def fit(self, X, y):
            sizes.append(len(y))
            return super().fit(X, y)

    PrunedEnsemble([Watch()], search=None, max_samples=50, **SMALL).fit(X, y)
    assert max(sizes) <= 52


def test_weight_zero_is_no_row_and_a_heavy_row_is_drawn_more(rows):
    X, y = rows
    weight = np.ones(len(X))
    weight[:40] = 0
    without = PrunedEnsemble(**SMALL).fit(X[40:], y[40:], weight[40:])
    zero = PrunedEnsemble(**SMALL).fit(X, y, weight)
    np.testing.assert_array_equal(without.predict_proba(X), zero.predict_proba(X))
    lifted = np.where(y == 2, 20.0, 1.0)
    plain = PrunedEnsemble(search=None, **SMALL).fit(X, y).predict_proba(X)[:, 2].mean()
    assert PrunedEnsemble(search=None, **SMALL).fit(X, y, lifted).predict_proba(X)[:, 2].mean() > plain


def test_threads_change_nothing(rows):
    X, y = rows
    one, two = (PrunedEnsemble(n_jobs=jobs, **SMALL).fit(X, y).predict_proba(X) for jobs in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_a_member_is_the_same_whatever_the_others_are(rows):
    X, y = rows
    few = PrunedEnsemble(search=None, **{**SMALL, "n_members": 4}).fit(X, y).member_proba(X)
    many = PrunedEnsemble(search=None, **SMALL).fit(X, y).member_proba(X)
    np.testing.assert_array_equal(few, many[:4])


def test_groups_stay_on_one_side_and_reach_the_sampler():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 4)
    y = (groups % 4 == 0).astype(int)
    X = rng.normal(size=(40, 4))[groups] + 0.01 * rng.normal(size=(160, 4))
    model = PrunedEnsemble(sampler=SMOTE(), **SMALL)
    loose = model.fit(X, y).full_fitness_
    whole = model.fit(X, y, groups=groups)
    assert whole.full_fitness_ < loose - 0.1  # rows of a group give each other away
    parents = whole.sampler_.parents_[whole.sampler_.origin_ < 0]
    assert (groups[parents[:, 0]] == groups[parents[:, 1]]).all()


def test_mixed_frames_with_gaps_and_levels_never_seen():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "n": rng.integers(0, 5, 200)})
    frame["shop"] = pd.Categorical(rng.choice(["a", "b", "c"], 200))
    frame["city"] = rng.choice(["Graz", "Linz"], 200)
    y = np.where((frame["x"] > 0.8) ^ (frame["shop"] == "a"), "yes", "no")
    frame.loc[::9, "x"] = np.nan
    frame.loc[::11, "shop"] = np.nan
    model = PrunedEnsemble(sampler=SMOTE(), **{**SMALL, "n_members": 20}).fit(frame, y)
    assert (model.predict(frame) == y).mean() > 0.8
    asked = frame.head(5).assign(city="Wien")
    assert np.isfinite(model.predict_proba(asked)).all()
    assert list(model.feature_names_in_) == list(frame.columns)


def test_a_class_of_one_row_stays_in_training():
    X, y = (
        np.r_[np.random.default_rng(0).normal(size=(40, 3)), [[9.0, 9.0, 9.0]]],
        np.r_[np.arange(40) % 2, [2]],
    )
    model = PrunedEnsemble(**SMALL)
    assert model.validation(X, y).codes.size == 40
    assert model.fit(X, y).classes_.tolist() == [0, 1, 2]


def test_no_neighbour_is_asked_for_that_is_not_there():
    model = PrunedEnsemble(n_members=16, search=None, random_state=0).fit([[0.0], [1.0]], [0, 1])
    assert model.predict_proba([[0.5]]).shape == (1, 2)


def test_the_pool_of_weak_learners():
    kinds = [type(learner).__name__ for learner in weak_learners()]
    assert len(kinds) == 16
    assert all(kinds.count(kind) == 4 for kind in set(kinds))
    assert len({repr(learner) for learner in weak_learners()}) == 13  # naive Bayes has nothing to vary


def test_a_sampler_that_cannot_work_in_an_inner_fold_says_where():
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.repeat([0, 1], [38, 2])
    with pytest.raises(CannotResample, match="inner fold, on which members are judged; search=None"):
        PrunedEnsemble(sampler=SMOTE(), **SMALL).fit(X, y)
    assert PrunedEnsemble(sampler=SMOTE(), search=None, **SMALL).fit(X, y).selected_.all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_members": 0}, "'n_members'"),
        ({"search": "annealing"}, "'search'"),
        ({"sampler": LogisticRegression()}, "'sampler'"),
        ({"estimators": []}, "'estimators'"),
        ({"cv": 1}, "'cv'"),
        ({"size_penalty": -1}, "'size_penalty'"),
        ({"patience": 0}, "'patience'"),
        ({"population": 1}, "'population'"),
    ],
)
def test_parameters_that_make_no_sense(rows, changes, said):
    with pytest.raises(BadOption, match=said):
        PrunedEnsemble(**{**SMALL, **changes}).fit(*rows)


def test_one_class_is_refused():
    with pytest.raises(BadTarget, match="at least 2 classes"):
        PrunedEnsemble(**SMALL).fit(np.zeros((5, 1)), np.zeros(5))


def test_an_objective_of_the_users():
    data = load("glass")

    def recall_of_first(confusion):
        return confusion[:, 0, 0] / confusion[:, 0].sum(axis=1)

    model = PrunedEnsemble(objective=recall_of_first, **SMALL).fit(data.X, data.y)
    members = PrunedEnsemble(**SMALL).validation(data.X, data.y)
    decided = members.proba[model.selected_].mean(axis=0).argmax(axis=1)
    first = members.codes == 0
    share = 0.01 * model.selected_.mean()
    assert model.fitness_ == pytest.approx((decided[first] == 0).mean() - share, abs=1e-6)
