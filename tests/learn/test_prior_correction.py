import numpy as np
import pytest
from imblearn.under_sampling import RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.errors import BadOption
from steelyard.learn import PriorCorrected


@parametrize_with_checks([PriorCorrected(LogisticRegression(), trained_prior=None)])
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


def gaussians(n, share, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    return rng.normal(1.5 * y)[:, None], y


@pytest.mark.parametrize("wanted", [None, {0: 0.8, 1: 0.2}])
def test_under_sampled_training_comes_back_exactly(wanted):
    X, y = gaussians(100_000, 0.05)
    balanced = RandomUnderSampler(random_state=0).fit_resample(X, y)
    model = PriorCorrected(
        LogisticRegression(C=1e6), trained_prior=None, prior=wanted or {0: 0.95, 1: 0.05}
    ).fit(*balanced)
    share = 0.2 if wanted else 0.05
    grid = np.linspace(-2, 4, 50)[:, None]
    truth = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + 1.5 * grid[:, 0] - 1.5**2 / 2)))
    np.testing.assert_allclose(model.predict_proba(grid)[:, 1], truth, atol=0.03)


def test_class_weights_come_back():
    X, y = gaussians(50_000, 0.05)
    plain = LogisticRegression(C=1e6).fit(X, y).predict_proba(X)[:, 1]
    weighted = LogisticRegression(C=1e6, class_weight="balanced")
    assert np.abs(weighted.fit(X, y).predict_proba(X)[:, 1] - plain).mean() > 0.2
    assert np.abs(PriorCorrected(weighted).fit(X, y).predict_proba(X)[:, 1] - plain).mean() < 0.005


def test_the_score_is_of_its_own_predictions():
    X, y = gaussians(1000, 0.2)
    model = PriorCorrected(LogisticRegression(class_weight="balanced")).fit(X, y)
    assert model.score(X, y) == accuracy_score(y, model.predict(X)) != model.estimator_.score(X, y)


@pytest.mark.parametrize(
    "prior", [{0: 0.5}, {0: 0.5, 1: 0.6}, {0: 0.5, 1: 0.5, 2: 0.0}, {0: 1.5, 1: -0.5}, "uniform"]
)
def test_a_prior_names_every_class_once(prior):
    X, y = gaussians(100, 0.3)
    with pytest.raises(BadOption, match="'trained_prior' parameter of PriorCorrected"):
        PriorCorrected(LogisticRegression(), trained_prior=prior).fit(X, y)


def test_weights_are_not_dropped_in_silence():
    X, y = gaussians(100, 0.3)
    with pytest.raises(BadOption, match="KNeighborsClassifier takes no sample_weight"):
        PriorCorrected(KNeighborsClassifier()).fit(X, y, sample_weight=np.ones(100))
