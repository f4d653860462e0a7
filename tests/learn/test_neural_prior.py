"""The learnt prior on frozen features: its sign, where features come from, the static vector."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.errors import BadOption
from steelyard.kernels.prior_fit import prior_fit
from steelyard.learn.logit_adjusted import LogitAdjusted
from steelyard.learn.neural_prior import NeuralPriorCorrection


@parametrize_with_checks(
    [NeuralPriorCorrection(LogisticRegression()), NeuralPriorCorrection(LogisticRegression(), static=False)]
)
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


def ninety_to_ten(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.1).astype(int)
    return rng.normal(size=(n, 4)) + 1.2 * y[:, None] * [1, 0, 0, 0], y


def with_much_in_common(rows):
    """As features of a net after ReLU: what differs is small beside what all share, here the bias's 1."""
    return 0.2 * rows


@pytest.mark.parametrize(("static", "features"), [(False, with_much_in_common), (True, None)])
def test_the_frequent_class_has_the_larger_prior_and_balanced_accuracy_rises(static, features):
    X, y = ninety_to_ten()
    new, truth = ninety_to_ten(seed=1)
    model = NeuralPriorCorrection(LogisticRegression(), static=static, features=features).fit(X, y)
    own = model.own_class_log_prior_
    assert own[0] > own[1]
    assert (model.log_prior(new)[:, 0] > model.log_prior(new)[:, 1]).mean() > 0.9
    before = balanced_accuracy_score(truth, model.estimator_.predict(new))
    assert balanced_accuracy_score(truth, model.predict(new)) > before + 0.07


def test_rows_that_share_nothing_are_corrected_against_their_own_class():
    """The limit that the notes tell of; the static vector does not have it."""
    codes = np.arange(2).repeat([900, 100])
    X = 4 * np.eye(2)[codes]
    each = NeuralPriorCorrection(LogisticRegression(), static=False).fit(X, codes)
    own_minus_other = each.log_prior(np.array([[0.0, 4.0]])) @ [-1, 1]
    assert own_minus_other[0] > 0
    static = NeuralPriorCorrection(LogisticRegression(), static=True).fit(X, codes)
    assert (static.log_prior(X) @ [-1, 1] < 0).all()


def test_it_is_logits_minus_the_prior_of_each_row():
    X, y = ninety_to_ten(400)
    model = NeuralPriorCorrection(LogisticRegression(), static=False).fit(X, y)
    eta = np.array([[theta[:-1] @ h + theta[-1] for theta in model.theta_] for h in X])
    np.testing.assert_allclose(model.log_prior(X), eta.mean(axis=1, keepdims=True) - eta, atol=1e-12)
    expected = softmax(np.log(model.estimator_.predict_proba(X)) + eta, axis=1)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-9)
    own = np.array([-eta[y == code, code].mean() for code in (0, 1)])
    np.testing.assert_allclose(model.own_class_log_prior_, own - own.mean(), atol=1e-12)


def test_the_static_vector_is_a_logit_adjustment():
    X, y = ninety_to_ten(400)
    model = NeuralPriorCorrection(LogisticRegression(), static=True).fit(X, y)
    adjusted = LogitAdjusted(LogisticRegression(), log_prior=model.own_class_log_prior_).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), adjusted.predict_proba(X), rtol=1e-9)


def test_the_estimate_follows_the_counts_of_many_classes():
    rng = np.random.default_rng(0)
    counts = np.array([2000, 800, 300, 120, 50])
    y = np.arange(5).repeat(counts)
    X = 4 * np.eye(5)[y] + rng.normal(size=(y.size, 5)) * 0.3
    model = NeuralPriorCorrection(LogisticRegression(), static=False).fit(X, y)
    fit = prior_fit(model.own_class_log_prior_, counts)
    assert fit.correlation > 0.99
    assert 0.75 < fit.slope < 1.0


class Net(ClassifierMixin, BaseEstimator):
    """Tells features and logits as a net does."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.n_features_in_ = np.shape(X)[1]
        return self

    def features(self, X):
        return np.asarray(X)[:, :1] * 3

    def logits(self, X):
        return np.asarray(X)[:, :2]

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)  # corrected already, say: not to be corrected again


def test_a_net_is_asked_for_features_and_logits_also_in_a_pipeline_and_frozen():
    X, y = ninety_to_ten(300)
    direct = NeuralPriorCorrection(Net()).fit(X, y)
    assert direct.theta_.shape == (2, 2)
    expected = softmax(X[:, :2] - direct.log_prior(X), axis=1)
    np.testing.assert_allclose(direct.predict_proba(X), expected, rtol=1e-9)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    in_pipeline = NeuralPriorCorrection(make_pipeline(StandardScaler(), Net())).fit(X, y)
    alone = NeuralPriorCorrection(Net()).fit(scaled, y)
    np.testing.assert_allclose(in_pipeline.predict_proba(X), alone.predict_proba(scaled), rtol=1e-9)
    frozen = NeuralPriorCorrection(FrozenEstimator(make_pipeline(StandardScaler(), Net()).fit(X, y))).fit(
        X, y
    )
    np.testing.assert_array_equal(frozen.predict_proba(X), in_pipeline.predict_proba(X))


def test_a_function_gives_features_and_sparse_rows_are_read():
    X, y = ninety_to_ten(300)
    given = NeuralPriorCorrection(LogisticRegression(), features=lambda rows: rows[:, :2]).fit(X, y)
    assert given.theta_.shape == (2, 3)
    dense = NeuralPriorCorrection(LogisticRegression()).fit(X, y)
    read = NeuralPriorCorrection(LogisticRegression()).fit(sparse.csr_matrix(X), y)
    np.testing.assert_allclose(read.theta_, dense.theta_, atol=1e-9)


def test_rows_that_are_no_numbers_need_a_function():
    X, y = ninety_to_ten(300)
    words = np.where(X > 0, "up", "down").astype(object)

    def as_numbers(rows):
        return (rows == "up").astype(float)

    class Words(Net):
        features = property(lambda self: (_ for _ in ()).throw(AttributeError))
        logits = features

    with pytest.raises(BadOption, match="Features must be numbers"):
        NeuralPriorCorrection(Words()).fit(words, y)
    assert NeuralPriorCorrection(Words(), features=as_numbers).fit(words, y).theta_.shape == (2, 5)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"alpha": 0.0}, "'alpha' parameter of NeuralPriorCorrection"),
        ({"static": 1}, "'static' parameter of NeuralPriorCorrection"),
        ({"features": "all"}, "'features' parameter of NeuralPriorCorrection"),
        ({"features": lambda rows: rows[:, 0]}, r"of shape \(n, d\)"),
        ({"features": lambda rows: rows * np.nan}, "with NaN or infinite"),
    ],
)
def test_parameters_that_make_no_sense(settings, told):
    with pytest.raises(BadOption, match=told):
        NeuralPriorCorrection(LogisticRegression(), **settings).fit(*ninety_to_ten(100))


def test_a_forest_that_says_0_stays_finite_and_equal_bits_come_back():
    X, y = ninety_to_ten(300)
    forest = RandomForestClassifier(5, random_state=0)
    one, other = (NeuralPriorCorrection(forest).fit(X, y).predict_proba(X) for _ in range(2))
    assert np.isfinite(one).all()
    np.testing.assert_array_equal(one, other)
