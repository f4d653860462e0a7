import warnings

import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy.stats import norm
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.balance import (
    SMOTE,
    Balanced,
    EditedNearestNeighbours,
    RandomOverSampler,
    RandomUnderSampler,
    TomekLinks,
)
from steelyard.errors import BadOption, BadTable, BadTarget, CannotResample
from steelyard.metrics import calibration_error

LOTS = "rows are drawn by number: one row of weight 2 is one lot, two rows of weight 1 are two"
NEIGHBOURS = "a row of weight 0 still is a neighbour, and a row repeated is a neighbour of itself"
NO_CATEGORY = "a cell that can be no category is refused as BadTable, a ValueError"


def expected_failures(model):
    reason = LOTS if isinstance(model.sampler, (RandomOverSampler, RandomUnderSampler)) else NEIGHBOURS
    failing = {
        "check_sample_weight_equivalence_on_dense_data": reason,
        "check_sample_weight_equivalence_on_sparse_data": reason,
    }
    # SMOTE reads only the class it enlarges.
    if reason == NEIGHBOURS and not isinstance(model.sampler, SMOTE):
        failing["check_dtype_object"] = NO_CATEGORY
    return failing


@parametrize_with_checks(
    [
        Balanced(RandomUnderSampler(random_state=0), LogisticRegression()),
        Balanced(SMOTE(random_state=0), LogisticRegression(), random_state=0),
        Balanced(TomekLinks(), LinearSVC()),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def rare_and_common(n=4000, share=0.05, seed=0):
    """Two normal classes one apart, so that the true probabilities are known."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    X = rng.normal(size=(n, 1)) + 1.5 * y[:, None]
    likelihood = np.c_[norm.pdf(X[:, 0]), norm.pdf(X[:, 0] - 1.5)]
    truth = likelihood * [1 - share, share]
    return X, y, truth / truth.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("sampler", [RandomUnderSampler(random_state=0), RandomOverSampler(random_state=0)])
def test_the_prior_comes_back_exactly(sampler):
    """A model that knows nothing but the prior it was fitted on."""
    y = np.repeat(["a", "b", "c"], [60, 30, 10])
    X = np.zeros((100, 1))
    model = Balanced(sampler, DummyClassifier(strategy="prior")).fit(X, y)
    np.testing.assert_allclose(model.estimator_.predict_proba(X[:1]), [[1 / 3] * 3])
    np.testing.assert_allclose(model.predict_proba(X[:1]), [[0.6, 0.3, 0.1]])
    assert model.correction_ == "prior"
    assert model.calibration_error_ is None
    assert model.prior_before_ == {"a": 0.6, "b": 0.3, "c": 0.1}
    np.testing.assert_allclose(list(model.prior_after_.values()), 1 / 3)


@pytest.mark.parametrize(
    "sampler",
    [RandomUnderSampler(random_state=0), RandomOverSampler(random_state=0), SMOTE(random_state=0)],
    ids=repr,
)
def test_probabilities_are_those_of_the_world_before_resampling(sampler):
    X, y, truth = rare_and_common()
    model = Balanced(sampler, LogisticRegression(), random_state=0).fit(X, y)
    raw = model.estimator_.predict_proba(X)
    assert raw[:, 1].mean() > 0.2
    assert np.abs(model.predict_proba(X) - truth).mean() < 0.02
    assert np.abs(raw - truth).mean() > 0.15


def test_calibration_of_a_synthesiser_is_measured_out_of_fold():
    X, y, _ = rare_and_common()
    model = Balanced(SMOTE(random_state=0), LogisticRegression(), random_state=0).fit(X, y)
    assert model.correction_ == "calibrate"
    assert model.raw_calibration_error_ > 0.2
    assert model.calibration_error_ < 0.02
    fresh_X, fresh_y, _ = rare_and_common(seed=1)
    assert calibration_error(fresh_y, model.predict_proba(fresh_X)) < 0.03
    plain = Balanced(SMOTE(random_state=0), LogisticRegression(), correction="none").fit(X, y)
    assert (
        log_loss(fresh_y, model.predict_proba(fresh_X)) < log_loss(fresh_y, plain.predict_proba(fresh_X)) / 2
    )


class Recorder(RandomOverSampler):
    """Keeps the rows it was handed."""

    label_only = False
    seen: list = []

    def fit_resample(self, X, y, **params):
        self.seen.append(np.asarray(X)[:, 0].copy())
        return super().fit_resample(X, y, **params)


class Asked(LogisticRegression):
    """Keeps the rows it was asked about."""

    asked: list = []

    def predict_proba(self, X):
        self.asked.append(np.asarray(X)[:, 0].copy())
        return super().predict_proba(X)


def test_folds_are_calibrated_on_rows_that_neither_sampler_nor_estimator_saw():
    X, y, _ = rare_and_common(300, 0.2)
    Recorder.seen.clear()
    Asked.asked.clear()
    Balanced(Recorder(random_state=0), Asked(), random_state=0).fit(X, y)
    whole, *folds = Recorder.seen
    assert len(whole) == 300
    assert len(folds) == len(Asked.asked) == 3
    for train, test in zip(folds, Asked.asked, strict=True):
        assert not set(train) & set(test)
        assert set(train) | set(test) == set(whole)
    assert sorted(np.concatenate(Asked.asked)) == sorted(whole)


def test_groups_stay_whole_in_the_inner_folds_and_in_the_sampler():
    X, y, _ = rare_and_common(300, 0.3)
    groups = np.arange(300) // 10
    X = np.c_[groups, X].astype(float)
    Recorder.seen.clear()
    Asked.asked.clear()
    model = Balanced(Recorder(random_state=0), Asked(), random_state=0).fit(X, y, groups=groups)
    for train, test in zip(Recorder.seen[1:], Asked.asked, strict=True):
        assert not set(train) & set(test)
    np.testing.assert_array_equal(model.sampler_.groups_, groups[model.sampler_.origin_])


def test_where_the_model_will_be_used_the_shares_may_differ():
    y = np.repeat(["no", "yes"], [90, 10])
    X = np.zeros((100, 1))
    for prior in ({"no": 0.7, "yes": 0.3}, [0.7, 0.3]):
        model = Balanced(RandomUnderSampler(random_state=0), DummyClassifier(), deployment_prior=prior)
        np.testing.assert_allclose(model.fit(X, y).predict_proba(X[:1]), [[0.7, 0.3]])
    moved = Balanced(SMOTE(random_state=0), DummyClassifier(), deployment_prior=[0.7, 0.3], random_state=0)
    np.testing.assert_allclose(
        moved.fit(X + np.arange(100)[:, None], y).predict_proba(X[:1]), [[0.7, 0.3]], atol=0.01
    )


@pytest.mark.parametrize("prior", [[0.5, 0.6], [1.0], {"no": 1.0}, "much", [-0.1, 1.1]])
def test_a_deployment_prior_that_makes_no_sense_is_refused(prior):
    model = Balanced(RandomUnderSampler(), DummyClassifier(), deployment_prior=prior)
    with pytest.raises(BadOption, match=r"deployment_prior must .* Got"):
        model.fit(np.zeros((4, 1)), ["no", "no", "no", "yes"])


class TestWeights:
    def test_priors_are_shares_of_weight(self):
        y = np.repeat(["a", "b"], [80, 20])
        weight = np.where(y == "a", 1.0, 6.0)
        for sampler in (RandomUnderSampler(random_state=0), RandomOverSampler(random_state=0)):
            model = Balanced(sampler, DummyClassifier()).fit(np.zeros((100, 1)), y, sample_weight=weight)
            assert model.prior_before_ == {"a": 0.4, "b": 0.6}
            np.testing.assert_allclose(model.predict_proba([[0.0]]), [[0.4, 0.6]])

    def test_the_estimator_is_fitted_with_the_weights_of_the_rows_it_gets(self):
        X, y, _ = rare_and_common(600, 0.2)
        weight = np.random.default_rng(0).random(600) + 0.5
        model = Balanced(RandomUnderSampler(random_state=3), LogisticRegression(), correction="none")
        model.fit(X, y, sample_weight=weight)
        rows = model.sampler_.sample_indices_
        by_hand = LogisticRegression().fit(X[rows], y[rows], sample_weight=weight[rows])
        np.testing.assert_allclose(model.predict_proba(X), by_hand.predict_proba(X))

    def test_imbalanced_learns_selectors_carry_them_and_its_synthesisers_do_not(self):
        X, y, _ = rare_and_common(600, 0.2)
        weight = np.ones(600)
        Balanced(imblearn.under_sampling.TomekLinks(), LogisticRegression()).fit(X, y, sample_weight=weight)
        with pytest.raises(BadOption, match="SMOTE does not say which rows its output comes from"):
            Balanced(imblearn.over_sampling.SMOTE(), LogisticRegression()).fit(X, y, sample_weight=weight)

    def test_an_estimator_without_weights_is_refused(self):
        X, y, _ = rare_and_common(100, 0.2)
        with pytest.raises(BadOption, match="KNeighborsClassifier takes no sample_weight in fit"):
            Balanced(RandomUnderSampler(), KNeighborsClassifier()).fit(X, y, sample_weight=np.ones(100))


@pytest.mark.parametrize(
    ("sampler", "correction"),
    [
        (imblearn.under_sampling.RandomUnderSampler(random_state=0), "prior"),
        (imblearn.over_sampling.RandomOverSampler(random_state=0), "prior"),
        (imblearn.over_sampling.RandomOverSampler(random_state=0, shrinkage=0.1), "calibrate"),
        (imblearn.over_sampling.BorderlineSMOTE(random_state=0), "calibrate"),
        (imblearn.under_sampling.NearMiss(), "calibrate"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_samplers_of_imbalanced_learn(sampler, correction):
    X, y, truth = rare_and_common(1500, 0.1)
    model = Balanced(sampler, LinearDiscriminantAnalysis(), random_state=0).fit(X, y)
    assert model.correction_ == correction
    assert model.prior_before_[1] == pytest.approx(y.mean())
    if correction == "prior":
        assert np.abs(model.predict_proba(X) - truth).mean() < 0.03


class HalfSampler(BaseEstimator):
    """A user's own sampler: nothing but fit_resample."""

    def fit_resample(self, X, y):
        return X[::2], y[::2]


def test_any_object_with_fit_resample_will_do():
    X, y, _ = rare_and_common(300, 0.3)
    model = Balanced(HalfSampler(), LogisticRegression(), random_state=0).fit(X, y)
    assert model.correction_ == "calibrate"


def test_frames_reach_sampler_and_estimator_as_they_are():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "c": pd.Categorical(rng.choice(["u", "v"], 200))})
    frame.loc[::7, "x"] = np.nan
    y = np.where(rng.random(200) < 0.2, "rare", "common")
    learner = HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype")
    model = Balanced(SMOTE(random_state=0), learner, random_state=0).fit(frame, y)
    assert model.feature_names_in_.tolist() == ["x", "c"]
    assert model.estimator_.is_categorical_.tolist() == [False, True]
    np.testing.assert_allclose(model.predict_proba(frame).sum(axis=1), 1)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.rename(columns={"x": "z"}))


def test_polars_frames_and_lists_of_texts():
    X, y, _ = rare_and_common(200, 0.3)
    frame = pl.DataFrame({"x": X[:, 0]})
    model = Balanced(RandomUnderSampler(random_state=0), LogisticRegression()).fit(frame, y)
    assert model.predict_proba(frame).shape == (200, 2)
    texts = ["bad word", "good word", "good day", "good night"] * 5
    pipeline = sklearn.pipeline.make_pipeline(
        sklearn.feature_extraction.text.CountVectorizer(), LogisticRegression()
    )
    model = Balanced(RandomUnderSampler(random_state=0), pipeline).fit(
        texts, ["spam", "ham", "ham", "ham"] * 5
    )
    spam_in_bad, spam_in_good = model.predict_proba(["bad", "good"])[:, 1]
    assert spam_in_bad > 0.3 > 0.1 > spam_in_good


class TestWithoutProbabilities:
    def test_predict_works_and_predict_proba_says_why_not(self):
        X, y, _ = rare_and_common(300, 0.2)
        model = Balanced(RandomUnderSampler(random_state=0), LinearSVC()).fit(X, y)
        assert model.correction_ == "none"
        np.testing.assert_array_equal(model.predict(X), model.estimator_.predict(X))
        assert not hasattr(model, "predict_proba")
        with pytest.raises(AttributeError) as caught:
            model.predict_proba(X)
        assert "LinearSVC gives no probabilities" in str(caught.value.__cause__)

    @pytest.mark.parametrize("correction", ["prior", "calibrate"])
    def test_a_correction_asked_for_is_not_left_out_in_silence(self, correction):
        X, y, _ = rare_and_common(300, 0.2)
        with pytest.raises(BadOption, match="needs probabilities, and LinearSVC gives none"):
            Balanced(RandomUnderSampler(), LinearSVC(), correction=correction).fit(X, y)


def test_predict_and_score_follow_the_corrected_probabilities():
    X, y, _ = rare_and_common(1000, 0.1)
    model = Balanced(RandomUnderSampler(random_state=0), LogisticRegression()).fit(X, y)
    assert model.predict(X).tolist() == model.predict_proba(X).argmax(axis=1).tolist()
    assert model.predict(X).mean() < model.estimator_.predict(X).mean() / 2
    assert model.score(X, y) == np.mean(model.predict(X) == y)


def test_one_seed_settles_everything_and_leaves_given_seeds_alone():
    X, y, _ = rare_and_common(300, 0.2)
    first, second, other = (
        Balanced(SMOTE(), LogisticRegression(), random_state=seed).fit(X, y).predict_proba(X)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    model = Balanced(RandomUnderSampler(random_state=5), LogisticRegression(), random_state=1).fit(X, y)
    assert model.sampler_.random_state == 5
    assert isinstance(model.estimator_.random_state, int)
    assert Balanced(RandomUnderSampler(), LogisticRegression()).fit(X, y).sampler_.random_state is None


def test_a_grid_search_reaches_the_sampler():
    X, y, _ = rare_and_common(200, 0.3)
    model = Balanced(SMOTE(random_state=0), LogisticRegression(), random_state=0)
    search = GridSearchCV(model, {"sampler__k_neighbors": [1, 3], "correction": ["prior", "none"]}, cv=2)
    search.fit(X, y)
    assert search.best_estimator_.sampler_.k_neighbors in (1, 3)


def test_groups_and_weights_by_metadata_routing():
    X, y, _ = rare_and_common(200, 0.3)
    with sklearn.config_context(enable_metadata_routing=True):
        model = Balanced(RandomUnderSampler(random_state=0), LogisticRegression())
        model.set_fit_request(groups=True, sample_weight=True).set_score_request(sample_weight=False)
        search = GridSearchCV(model, {"correction": ["prior"]}, cv=2)
        search.fit(X, y, groups=np.arange(200) % 5, sample_weight=np.arange(200) + 1.0)
    assert set(search.best_estimator_.sampler_.groups_) == {0, 1, 2, 3, 4}
    assert search.best_estimator_.sampler_.sample_weight_.max() > 100


def test_an_inner_fold_too_small_for_the_sampler_is_told():
    X = np.random.default_rng(0).normal(size=(62, 2))
    y = np.repeat(["common", "rare"], [60, 2])
    with pytest.raises(
        CannotResample, match=r"at least 2 rows in class 'rare', got 1.*inner fold.*correction="
    ):
        Balanced(SMOTE(random_state=0), LogisticRegression(), random_state=0).fit(X, y)
    assert (
        Balanced(SMOTE(random_state=0), LogisticRegression(), correction="prior").fit(X, y).correction_
        == "prior"
    )


def test_a_class_left_out_by_the_sampler_keeps_its_column():
    X = np.random.default_rng(0).normal(size=(30, 2))
    y = np.repeat(["a", "b", "c"], 10)
    model = Balanced(
        RandomUnderSampler(sampling_strategy={"b": 0}, random_state=0), LogisticRegression()
    ).fit(X, y)
    proba = model.predict_proba(X)
    assert proba.shape == (30, 3)
    assert not proba[:, 1].any()
    np.testing.assert_allclose(proba.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("model", "X", "y", "error", "said"),
    [
        (
            Balanced(RandomUnderSampler(), DummyClassifier(), correction="some"),
            [[1], [2]],
            [0, 1],
            BadOption,
            "among",
        ),
        (Balanced(LogisticRegression(), DummyClassifier()), [[1], [2]], [0, 1], BadOption, "fit_resample"),
        (
            Balanced(RandomUnderSampler(), DummyClassifier()),
            [[1], [2]],
            [0, 0],
            BadTarget,
            "at least 2 classes",
        ),
        (Balanced(RandomUnderSampler(), DummyClassifier()), [[1], [2]], None, BadTarget, "target y is None"),
        (
            Balanced(RandomUnderSampler(), DummyClassifier()),
            [[1], [2]],
            [0, 1, 1],
            BadTable,
            "one label per row",
        ),
        (Balanced(RandomUnderSampler(), DummyClassifier()), [1, 2], [0, 1], BadTable, "Reshape"),
        (
            Balanced(RandomUnderSampler(), DummyClassifier(), correction="none", deployment_prior=[0.5, 0.5]),
            [[1], [2]],
            [0, 1],
            BadOption,
            "correction='none'",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(model, X, y, error, said):
    with pytest.raises(error, match=said):
        clone(model).fit(X, y)


def test_many_classes_and_strong_learners_stay_finite():
    X, y = make_classification(
        400, 8, n_informative=6, n_classes=5, weights=[0.6, 0.2, 0.1, 0.06], random_state=0
    )
    learner = HistGradientBoostingClassifier(max_iter=20)
    model = Balanced(EditedNearestNeighbours(), learner, random_state=0).fit(X, y)
    proba = model.predict_proba(X)
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert 0 <= model.calibration_error_ < model.raw_calibration_error_ + 0.05
