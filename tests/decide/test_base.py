import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from decide.simulated_scores import binary_scores, many_scores
from steelyard.decide import (
    ArgmaxRule,
    CapacityThreshold,
    CostThreshold,
    Decided,
    MetricThreshold,
    RecallFloor,
)
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.kernels.priors import correct_prior

RULES = [
    ArgmaxRule(LogisticRegression(), random_state=0),
    CostThreshold(LogisticRegression(), miss=10, random_state=0),
    MetricThreshold(LogisticRegression(), random_state=0),
    CapacityThreshold(LogisticRegression(), review=30, random_state=0),
    RecallFloor(LogisticRegression(), random_state=0),
]
ids = [type(rule).__name__ for rule in RULES]


class Counting(LogisticRegression):
    fits = 0

    def fit(self, X, y, sample_weight=None):
        Counting.fits += 1
        Counting.weighted = sample_weight is not None
        return super().fit(X, y, sample_weight)


def table(n=400, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = np.where(X[:, 0] + rng.normal(size=n) > 1.8, "fraud", "ok")
    return X, y


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_the_score_is_the_metric_of_its_own_decisions(rule):
    X, y = table()
    fitted = clone(rule).fit(X, y)
    assert fitted.score(X, y) == balanced_accuracy_score(y, fitted.predict(X))
    by_hand = fitted.classes_[fitted.decide(fitted.predict_proba(X))]
    np.testing.assert_array_equal(fitted.predict(X), by_hand)


def test_moving_the_threshold_moves_the_score():
    X, y = table()
    scores = {
        miss: CostThreshold(LogisticRegression(), miss=miss, random_state=0).fit(X, y).score(X, y)
        for miss in (0.1, 1, 10)
    }
    assert len(set(scores.values())) == 3


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_every_decision_can_be_written_down_and_read(rule):
    import json

    X, y = table()
    fitted = clone(rule).fit(X, y)
    told = json.loads(json.dumps(fitted.decision_))
    assert told["rule"]
    assert told["sentence"].endswith(".")
    assert json.loads(json.dumps(fitted.calibration_))["method"] in ("none", "sigmoid")


def test_fitting_without_a_need_for_scores_fits_once():
    X, y = table()
    for rule, fits in (
        (ArgmaxRule(Counting()), 1),
        (CostThreshold(Counting(), calibration=None), 1),
        (CostThreshold(Counting(), inner_folds=4), 5),
        (MetricThreshold(Counting(), calibration=None), 4),
    ):
        Counting.fits = 0
        rule.fit(X, y)
        assert Counting.fits == fits
        assert rule.needs_scores == (fits > 1)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_shared_scores_give_what_fitting_gives(rule):
    X, y = table()
    whole = clone(rule).fit(X, y)
    parts = clone(rule)
    scores = parts.inner_scores(X, y) if parts.needs_scores else None
    parts.fit_from_scores(parts.fit_inner(X, y), scores, y)
    assert parts.decision_ == whole.decision_
    np.testing.assert_array_equal(parts.predict_proba(X), whole.predict_proba(X))


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_moving_the_prior_later_is_fitting_for_it(rule):
    X, y = table()
    now = clone(rule).set_params(deployment_prior={"fraud": 0.02}).fit(X, y)
    later = clone(rule).fit(X, y).at_prior({"fraud": 0.02})
    assert now.decision_ == later.decision_
    np.testing.assert_allclose(now.predict_proba(X), later.predict_proba(X))
    np.testing.assert_array_equal(now.predict(X), later.predict(X))


def test_at_prior_leaves_the_original_alone():
    X, y = table()
    rule = MetricThreshold(LogisticRegression(), random_state=0).fit(X, y)
    before = rule.threshold_, rule.predict_proba(X)
    rule.at_prior({"fraud": 0.5})
    assert rule.threshold_ == before[0]
    np.testing.assert_array_equal(rule.predict_proba(X), before[1])
    np.testing.assert_array_equal(rule.at_prior({"fraud": 0.5}).at_prior(None).predict_proba(X), before[1])


def test_the_prior_moves_as_the_kernel_says():
    X, y = table()
    rule = ArgmaxRule(LogisticRegression(), deployment_prior={"fraud": 0.5}).fit(X, y)
    own = np.array([(y == "fraud").mean(), (y == "ok").mean()])
    np.testing.assert_allclose(
        rule.predict_proba(X), correct_prior(rule.scores(X), own, np.array([0.5, 0.5]))
    )


def test_a_corrected_model_is_right_where_the_shares_have_changed():
    """Label shift: Gaussian classes, for which the posterior at any prior is known."""
    rng = np.random.default_rng(0)
    n, share = 200_000, 0.02

    def draw(p):
        y = (rng.random(n) < p).astype(int)
        return rng.normal(2.0 * y)[:, None], y

    model = ArgmaxRule(LogisticRegression(C=1e6), deployment_prior={1: share}).fit(*draw(0.3))
    X, _ = draw(share)
    truth = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + 2 * X[:, 0] - 2)))
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], truth, atol=0.01)


def test_rows_that_were_never_predicted_are_ignored(oracle):
    proba, y = binary_scores(500)
    partly = proba.copy()
    partly[::4] = np.nan
    seen = np.isfinite(partly[:, 0])
    known = MetricThreshold(oracle, calibration=None).fit_from_scores(oracle, proba[seen], y[seen])
    rule = MetricThreshold(oracle, calibration=None).fit_from_scores(oracle, partly, y)
    assert rule.threshold_ == known.threshold_
    assert rule.decision_["rows"] == seen.sum()


def test_time_trains_on_the_past():
    X, y = table(300)
    rule = MetricThreshold(LogisticRegression(), random_state=0)
    scores = rule.inner_scores(X, y, time=np.arange(300)[::-1])
    assert np.isnan(scores[-50:]).all()  # the earliest rows have no past
    rule.fit(X, y, time=np.arange(300)[::-1])
    assert rule.decision_["rows"] == np.isfinite(scores[:, 0]).sum() < 300


def test_groups_stay_together():
    X, y = table(300)
    groups = np.repeat(np.arange(60), 5)
    rule = MetricThreshold(LogisticRegression(), random_state=0)
    assert not np.allclose(rule.inner_scores(X, y, groups=groups), rule.inner_scores(X, y))
    one, two = rule.fit(X, y, groups=groups).decision_, clone(rule).fit(X, y).decision_
    assert one["threshold_interval"] != two["threshold_interval"]


def test_weights_reach_the_learner_inside_a_pipeline():
    X, y = table()
    weight = np.where(y == "fraud", 5.0, 1.0)
    steps = Pipeline([("scale", StandardScaler()), ("learn", Counting())])
    ArgmaxRule(steps).fit(X, y, sample_weight=weight)
    assert Counting.weighted
    ArgmaxRule(steps).fit(X, y)
    assert not Counting.weighted


def test_whole_weights_count_as_rows(oracle):
    proba, y = binary_scores(400)
    times = np.random.default_rng(1).integers(1, 4, 400)
    for rule in (MetricThreshold(oracle, calibration=None), RecallFloor(oracle, calibration=None)):
        weighted = clone(rule).fit_from_scores(oracle, proba, y, sample_weight=times)
        repeated = clone(rule).fit_from_scores(oracle, proba.repeat(times, axis=0), y.repeat(times))
        assert weighted.threshold_ == repeated.threshold_
        np.testing.assert_allclose(weighted.prior_, repeated.prior_)


def test_the_positive_class_is_the_rare_one_unless_named():
    X, y = table()
    rule = MetricThreshold(LogisticRegression(), random_state=0)
    assert rule.fit(X, y).classes_[rule.positive_code_] == "fraud"
    rule = clone(rule).set_params(positive="ok").fit(X, y)
    assert "'ok'" in rule.decision_["sentence"]


def test_many_classes_keep_at_most_so_many_rows(oracle, monkeypatch):
    monkeypatch.setattr("steelyard.decide.evidence.MOST_ROWS", 1000)
    proba, codes = many_scores(2000, 4)
    rule = MetricThreshold(oracle, calibration=None, random_state=0).fit_from_scores(oracle, proba, codes)
    kept = rule.held_out()
    assert kept.codes.size <= 1000
    counts = np.bincount(codes)
    assert kept.counts[3] == counts[3]  # a small class stays whole
    weights = np.bincount(kept.codes, weights=kept.weight)
    np.testing.assert_allclose(weights, counts)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"calibration": "platt"}, "'calibration' parameter of MetricThreshold must be one of auto, sigmoid"),
        ({"inner_folds": 1}, "'inner_folds' parameter of MetricThreshold must be an int of at least 2"),
        ({"metric": "accuracy"}, "'metric' parameter of MetricThreshold must be one of f1"),
        ({"positive": "fruad"}, "Did you mean 'fraud'"),
        ({"deployment_prior": {"fraud": 1.5}}, "between 0 and 1"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(parameters, words):
    X, y = table()
    with pytest.raises(BadOption, match=words):
        MetricThreshold(LogisticRegression()).set_params(**parameters).fit(X, y)


def test_scores_of_one_class_are_not_enough(oracle):
    proba, y = binary_scores(50)
    proba[y == 1] = np.nan
    with pytest.raises(CannotEvaluate, match="two classes"):
        MetricThreshold(oracle).fit_from_scores(oracle, proba, y)


def test_scores_that_do_not_fit_the_labels_are_a_mistake(oracle):
    proba, y = binary_scores(50)
    with pytest.raises(ValueError, match="must have a row per label"):
        MetricThreshold(oracle).fit_from_scores(oracle, proba[:-1], y)
    with pytest.raises(ValueError, match="must be given"):
        MetricThreshold(oracle).fit_from_scores(oracle, None, y)


def test_leaves_are_final():
    for leaf in (ArgmaxRule, CapacityThreshold, CostThreshold, MetricThreshold, RecallFloor):
        assert leaf.__subclasses__() == []
        assert leaf.__mro__[1] is Decided
    with pytest.raises(TypeError, match="abstract"):
        Decided()


def test_the_same_seed_gives_the_same_rule():
    X, y = table()
    one, two, other = (
        MetricThreshold(LogisticRegression(), random_state=seed).fit(X, y).decision_ for seed in (0, 0, 1)
    )
    assert one == two != other
