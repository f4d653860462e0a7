"""Fusion of views: what is chosen, on which rows, and what it comes to, beside plain versions."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.data.encode_peptide import PeptideDescriptors, PeptideKmers
from steelyard.errors import BadOption, BadTarget, CannotEvaluate
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba
from steelyard.learn.choose_fusion import THRESHOLDS, candidate_weights, choose_fusion
from steelyard.learn.fit_views import fit_views
from steelyard.learn.kmer_vote import KmerVote
from steelyard.learn.unit_variance import UnitVariance
from steelyard.learn.view_fusion import ViewFusion


class Columns(BaseEstimator):
    """A view of some columns."""

    def __init__(self, start=0, stop=None):
        self.start = start
        self.stop = stop

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.asarray(X)[:, self.start : self.stop]


VIEWS = {"first": Columns(0, 2), "second": Columns(2, 4), "third": Columns(4)}
TREE = DecisionTreeClassifier(max_depth=2, random_state=0)


def expected_failures(estimator):
    if isinstance(estimator, ViewFusion) and isinstance(estimator.threshold, str):
        return {"check_classifiers_train": "it decides by the threshold set out of fold, not by one half"}
    return {}


@parametrize_with_checks(
    [
        ViewFusion({"all": StandardScaler()}, threshold=0.5),
        ViewFusion({"all": StandardScaler()}, random_state=0),
        ViewFusion({"a": StandardScaler(), "b": TREE}, mode="late", step=0.25, inner_folds=2, random_state=0),
        UnitVariance(),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def rows():
    return make_classification(240, 7, n_informative=3, weights=[0.7], class_sep=0.8, random_state=2)


@pytest.fixture(scope="module")
def three():
    return make_classification(
        240, 7, n_informative=4, n_classes=3, weights=[0.6, 0.3], class_sep=1.2, random_state=2
    )


def test_early_fusion_is_one_model_on_all_columns(rows):
    X, y = rows
    model = ViewFusion(VIEWS, random_state=0).fit(X, y)
    plain = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=10_000)).fit(
        X, y
    )
    assert model.predict_proba(X) == pytest.approx(plain.predict_proba(X))
    assert model.weights_.tolist() == [1.0]
    scores = out_of_fold_proba(plain, X, y, inner_splits(y, 5, random_state=0))
    assert model.oof_scores_[:, 0] == pytest.approx(scores)
    values = [matthews_corrcoef(y, scores[:, 1] > t) for t in THRESHOLDS]
    assert model.tuned_value_ == pytest.approx(max(values))
    assert values[int(np.argmin(np.abs(THRESHOLDS - model.threshold_)))] == pytest.approx(max(values))


def test_late_fusion_is_the_best_of_a_plain_search(rows):
    X, y = rows
    model = ViewFusion(VIEWS, TREE, mode="late", step=0.1, inner_folds=3, random_state=4).fit(X, y)
    splits = inner_splits(y, 3, random_state=4)
    said = [
        out_of_fold_proba(make_pipeline(clone(v), StandardScaler(), clone(TREE)), X, y, splits)[:, 1]
        for v in VIEWS.values()
    ]
    assert model.oof_scores_[:, :, 1] == pytest.approx(np.column_stack(said))
    # A constant decision has no correlation; the best one never is constant here.
    called = [np.dot(w, said) > t for w in candidate_weights(3, 0.1) for t in THRESHOLDS]
    best = max(np.corrcoef(y, decided)[0, 1] for decided in called if 0 < decided.sum() < y.size)
    assert model.tuned_value_ == pytest.approx(best)
    got = matthews_corrcoef(y, np.dot(model.weights_, said) > model.threshold_)
    assert got == pytest.approx(best)
    members = [member.predict_proba(X) for member in model.members_.values()]
    assert model.predict_proba(X) == pytest.approx(np.tensordot(model.weights_, members, 1))
    assert np.array_equal(model.predict(X), (model.predict_proba(X)[:, 1] > model.threshold_).astype(int))
    assert model.score(X, y) == pytest.approx((model.predict(X) == y).mean())


def test_more_than_two_classes_go_by_the_largest_probability(three):
    X, y = three
    names = np.array(["c", "a", "b"])[y]
    model = ViewFusion(VIEWS, TREE, mode="late", step=0.25, random_state=0).fit(X, names)
    assert model.threshold_ is None
    assert model.classes_.tolist() == ["a", "b", "c"]
    fused = [np.tensordot(model.oof_scores_, w, (1, 0)) for w in candidate_weights(3, 0.25)]
    values = [matthews_corrcoef(names, model.classes_[p.argmax(axis=1)]) for p in fused]
    assert model.tuned_value_ == pytest.approx(max(values))
    assert (model.predict(X) == model.classes_[model.predict_proba(X).argmax(axis=1)]).all()


def test_groups_are_kept_whole_and_handed_on():
    """Copies of each row with lots drawn as labels: a tree knows them by heart unless groups are kept."""
    rng = np.random.default_rng(0)
    X, y = np.repeat(rng.normal(size=(60, 7)), 4, axis=0), np.repeat(rng.integers(0, 2, size=60), 4)
    groups = np.repeat(np.arange(60), 4)
    deep = DecisionTreeClassifier(random_state=0)
    leaking = ViewFusion(VIEWS, deep, random_state=0).fit(X, y)
    honest = ViewFusion(VIEWS, deep, random_state=0).fit(X, y, groups=groups)
    assert leaking.tuned_value_ > 0.9
    assert honest.tuned_value_ < 0.4

    class Asks(ClassifierMixin, BaseEstimator):
        def fit(self, X, y, groups=None):
            self.groups_, self.classes_ = groups, np.unique(y)
            return self

        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    asked = ViewFusion({"asks": Asks(), "tree": TREE}, mode="late", random_state=0).fit(X, y, groups=groups)
    assert np.array_equal(asked.members_["asks"].groups_, groups)
    assert ViewFusion({"asks": Asks()}, mode="late", threshold=0.5).fit(X, y).members_["asks"].groups_ is None


def test_labels_of_rows_that_are_asked_about_change_nothing(rows):
    X, y = rows
    model = ViewFusion(VIEWS, TREE, mode="late", step=0.25, random_state=0).fit(X[:160], y[:160])
    before = (model.weights_.tolist(), model.threshold_)
    model.predict(X[160:])
    model.score(X[160:], 1 - y[160:])
    assert (model.weights_.tolist(), model.threshold_) == before


@pytest.mark.parametrize("weights", ["equal", [0.2, 0.3, 0.5], "oof"])
@pytest.mark.parametrize("threshold", ["oof_mcc", 0.3])
def test_what_is_given_is_not_tuned(rows, weights, threshold):
    X, y = rows
    options = {"mode": "late", "step": 0.25, "random_state": 0}
    model = ViewFusion(VIEWS, TREE, weights=weights, threshold=threshold, **options).fit(X, y)
    if weights != "oof":
        assert model.weights_.tolist() == pytest.approx([1 / 3] * 3 if weights == "equal" else weights)
    if threshold == 0.3:
        assert model.threshold_ == 0.3
    assert (model.oof_scores_ is None) == (weights != "oof" and threshold == 0.3)


def test_costs_move_the_threshold(rows):
    X, y = rows
    cut = {}
    for costs in ((10, 1), (1, 10)):
        model = ViewFusion(VIEWS, threshold="oof_cost", costs=costs, random_state=0).fit(X, y)
        cut[costs] = model.threshold_
        score = model.oof_scores_[:, 0, 1]
        plain = [
            (costs[0] * ((score <= t) & (y == 1)) + costs[1] * ((score > t) & (y == 0))).mean()
            for t in THRESHOLDS
        ]
        assert model.tuned_value_ == pytest.approx(min(plain))
    assert cut[10, 1] < cut[1, 10]


def test_strings_and_sparse_views():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACDEFGHIKL"), size=rng.integers(6, 20))) for _ in range(80)]
    y = np.array([text.count("A") + text.count("C") > 2 for text in texts]).astype(int)
    views = {"k": PeptideKmers(k=(1, 2)), "d": PeptideDescriptors(), "vote": KmerVote()}
    late = ViewFusion(views, mode="late", step=0.5, random_state=0).fit(texts, y)
    assert late.oof_scores_.shape == (80, 3, 2)
    early = ViewFusion({name: views[name] for name in ("k", "d")}, random_state=0).fit(texts, y)
    assert sparse.issparse(early.members_["all views"][0].transform(texts))
    frame = pd.DataFrame({"sequence": texts})
    again = ViewFusion({name: views[name] for name in ("k", "d")}, random_state=0).fit(frame, y)
    assert again.predict_proba(frame) == pytest.approx(early.predict_proba(texts))
    assert again.feature_names_in_.tolist() == ["sequence"]


def test_centring_dense_columns_beside_sparse_ones_moves_the_intercept_alone():
    rng = np.random.default_rng(0)
    dense, rare = rng.normal(5, 2, size=(200, 3)), sparse.random(200, 6, 0.2, random_state=0).tocsr()
    y = (dense[:, 0] + 3 * rare[:, [0]].toarray().ravel() > 5).astype(int)
    told = {"tol": 1e-10, "max_iter": 10_000}
    ours = LogisticRegression(**told).fit(
        sparse.hstack([UnitVariance().fit_transform(dense), UnitVariance().fit_transform(rare)]), y
    )
    plain = LogisticRegression(**told).fit(
        StandardScaler().fit_transform(np.hstack([dense, rare.toarray()])), y
    )
    assert ours.coef_ == pytest.approx(plain.coef_, abs=1e-4)


def test_the_number_of_workers_changes_nothing(rows):
    X, y = rows
    with parallel_config("threading"):
        made = [
            ViewFusion(VIEWS, TREE, mode="late", step=0.25, n_jobs=jobs, random_state=0).fit(X, y)
            for jobs in (1, 2)
        ]
    assert np.array_equal(made[0].oof_scores_, made[1].oof_scores_)
    assert np.array_equal(made[0].predict_proba(X), made[1].predict_proba(X))


def test_fusing_fitted_systems_comes_to_the_same_as_fitting_them_again(rows):
    X, y = rows
    groups = np.arange(len(y)) // 2
    told = {"inner_folds": 3, "random_state": 7}
    parts = {
        "one": ViewFusion({"v": Columns(0, 3)}, **told),
        "two": ViewFusion({"v": Columns(3)}, TREE, **told),
    }
    both = ViewFusion(parts, mode="late", step=0.1, **told)
    whole = clone(both).fit(X, y, groups=groups)
    fitted = fit_views(parts | {"both": both}, X, y, groups)
    assert fitted["both"].members_["one"] is fitted["one"]
    assert np.allclose(fitted["both"].oof_scores_, whole.oof_scores_)
    assert fitted["both"].weights_.tolist() == whole.weights_.tolist()
    assert fitted["both"].threshold_ == whole.threshold_
    assert np.allclose(fitted["both"].predict_proba(X), whole.predict_proba(X))


def test_systems_that_cannot_share_are_refused_or_fitted(rows):
    X, y = rows
    part = ViewFusion({"v": Columns()}, random_state=0)
    with pytest.raises(BadOption, match="same inner_folds and"):
        fit_views({"part": part, "both": ViewFusion({"part": part}, mode="late", random_state=1)}, X, y)
    other = ViewFusion({"part": clone(part)}, mode="late", random_state=0)
    fitted = fit_views({"part": part, "both": other}, X, y)
    assert fitted["both"].members_["part"] is not fitted["part"]
    plain = ViewFusion({"v": Columns()}, threshold=0.5).fit(X, y)
    with pytest.raises(BadOption, match="out-of-fold scores"):
        ViewFusion({"v": part}, mode="late").take_fitted({"v": plain}, y)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"views": {}}, "'views'"),
        ({"views": [("a", TREE)]}, "'views'"),
        ({"views": {"a": TREE}}, "must be transformers. Got DecisionTree"),
        ({"views": {"a": object()}, "mode": "late"}, "transformers or classifiers"),
        ({"estimator": StandardScaler()}, "'estimator'"),
        ({"mode": "middle"}, "'mode'"),
        ({"scale": "yes"}, "'scale'"),
        ({"weights": [0.5, 0.5]}, "'weights'"),
        ({"weights": [0.5, 0.5, 0.5], "mode": "late"}, "'weights'"),
        ({"weights": [1.0, 0.0, 0.0]}, "'weights'"),
        ({"weights": "best"}, "'weights'"),
        ({"threshold": "best"}, "'threshold'"),
        ({"threshold": 1.5}, "'threshold'"),
        ({"threshold": None}, "'threshold'"),
        ({"threshold": "oof_cost"}, "'costs'"),
        ({"threshold": "oof_cost", "costs": (0, 0)}, "'costs'"),
        ({"inner_folds": 1}, "'inner_folds'"),
        ({"step": 0}, "'step'"),
        ({"step": 0.3, "mode": "late"}, "divides 1"),
        ({"step": 0.001, "mode": "late"}, "combinations"),
    ],
)
def test_parameters_that_make_no_sense(rows, options, word):
    X, y = rows
    with pytest.raises(BadOption, match=word):
        ViewFusion(**{"views": VIEWS, **options}).fit(X, y)


def test_too_few_rows_or_classes_or_groups(rows):
    X, y = rows
    with pytest.raises(BadTarget, match="2 classes"):
        ViewFusion(VIEWS).fit(X, np.ones(len(y)))
    with pytest.raises(CannotEvaluate, match="2 rows"):
        ViewFusion(VIEWS).fit(X[:3], [0, 0, 1])
    with pytest.raises(CannotEvaluate, match="2 groups"):
        ViewFusion(VIEWS).fit(X, y, groups=np.zeros(len(y)))
    with pytest.raises(CannotEvaluate, match="two classes"):
        choose_fusion([[0.1], [0.2]], [0, 0])


def test_of_equal_weights_the_middle_one_and_of_equal_thresholds_too():
    said = np.column_stack([[0.2, 0.2, 0.6, 0.6]] * 2)
    chosen = choose_fusion(said, [0, 0, 1, 1])
    assert chosen.weights.tolist() == [0.5, 0.5]
    assert 0.38 <= chosen.threshold <= 0.42


def test_a_view_that_knows_nothing_is_given_nothing():
    X, y = make_classification(300, 4, n_informative=3, n_redundant=0, class_sep=1.5, random_state=0)
    views = {"knows": FunctionTransformer(), "prior": DummyClassifier(strategy="stratified", random_state=0)}
    model = ViewFusion(views, mode="late", random_state=0).fit(X, y)
    assert model.weights_[0] > 0.6
