import itertools

import numpy as np
import pytest
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef, recall_score
from sklearn.model_selection import FixedThresholdClassifier, StratifiedKFold, TunedThresholdClassifierCV

from decide.simulated_scores import binary_scores, many_scores
from steelyard.decide import ArgmaxRule, CapacityThreshold, CostThreshold, MetricThreshold, RecallFloor
from steelyard.decide.evidence import Evidence
from steelyard.decide.rule_metrics import MULTICLASS
from steelyard.decide.search_weights import search_weights
from steelyard.errors import BadOption


def ruled(rule, proba, y):
    return rule.fit_from_scores(rule.estimator, proba, y)


# cost


def test_the_cost_threshold_is_elkans(oracle):
    proba, y = binary_scores(300)
    rule = ruled(CostThreshold(oracle, miss=19, false_alarm=1, calibration=None), proba, y)
    assert rule.threshold_ == pytest.approx(1 / 20)


@pytest.mark.parametrize("positive", [0, 1])
def test_any_diagonal_gives_the_decision_of_least_expected_cost(oracle, positive):
    cost = np.array([[-1.0, 4.0], [9.0, 2.0]])
    proba, y = binary_scores(300)
    rule = ruled(CostThreshold(oracle, cost=cost, positive=positive, calibration=None), proba, y)
    for row, decided in zip(proba, rule.decide(proba), strict=True):
        expected = [sum(row[t] * cost[t, d] for t in (0, 1)) for d in (0, 1)]
        assert expected[decided] == pytest.approx(min(expected))


def test_many_classes_are_decided_by_a_plain_loop(oracle):
    cost = np.array([[0, 1, 5, 2], [3, 0, 1, 2], [9, 9, 0, 2], [30, 20, 10, 0]], dtype=float)
    proba, y = many_scores(200, 4)
    rule = ruled(CostThreshold(oracle, cost=cost, calibration=None), proba, y)
    for row, decided in zip(proba, rule.decide(proba), strict=True):
        expected = [sum(row[t] * cost[t, d] for t in range(4)) for d in range(4)]
        assert decided == int(np.argmin(expected))


def test_the_cost_rule_pays_least_where_probabilities_hold(oracle):
    proba, y = many_scores(20_000, 3)
    cost = np.array([[0, 1, 1], [4, 0, 4], [25, 25, 0]], dtype=float)
    rule = ruled(CostThreshold(oracle, cost=cost, calibration=None), proba, y)
    paid = cost[y, rule.decide(proba)].mean()
    assert paid < cost[y, proba.argmax(axis=1)].mean()
    assert paid < min(cost[y, c].mean() for c in range(3))


def test_equal_costs_are_the_likeliest_class(oracle):
    proba, y = many_scores(300, 5)
    one = ruled(CostThreshold(oracle, calibration=None), proba, y).decide(proba)
    np.testing.assert_array_equal(one, ruled(ArgmaxRule(oracle), proba, y).decide(proba))


def test_a_fixed_threshold_is_scikit_learns():
    proba, y = binary_scores(400)
    X = np.log(proba)
    rule = CostThreshold(LogisticRegression(), miss=4, calibration=None).fit(X, y)
    reference = FixedThresholdClassifier(
        LogisticRegression(), threshold=0.2, response_method="predict_proba", pos_label=1
    ).fit(X, y)
    np.testing.assert_array_equal(rule.predict(X), reference.predict(X))


@pytest.mark.parametrize("price", [-1, np.inf, np.nan])
def test_a_price_must_be_a_number(oracle, price):
    with pytest.raises(BadOption, match="'miss' parameter of CostThreshold"):
        ruled(CostThreshold(oracle, miss=price, calibration=None), *binary_scores(50))


# metric


@pytest.mark.parametrize(
    ("name", "value"),
    [("f1", f1_score), ("balanced_accuracy", balanced_accuracy_score), ("mcc", matthews_corrcoef)],
)
def test_no_other_cut_is_better_out_of_fold(oracle, name, value):
    proba, y = binary_scores(120, prior=0.2)
    rule = ruled(MetricThreshold(oracle, metric=name, calibration=None), proba, y)
    reached = value(y, rule.decide(proba))
    assert reached == pytest.approx(rule.decision_["value"])
    assert reached >= max(value(y, proba[:, 1] >= t) for t in [*proba[:, 1], 2.0]) - 1e-12


def test_the_f1_of_the_named_class_counts(oracle):
    proba, y = binary_scores(120, prior=0.2)
    rule = ruled(MetricThreshold(oracle, positive=0, calibration=None), proba, y)
    reached = f1_score(y, rule.decide(proba), pos_label=0)
    assert reached >= max(f1_score(y, proba[:, 1] > t, pos_label=0) for t in proba[:, 1]) - 1e-12


def test_the_tuned_threshold_is_at_least_as_good_as_scikit_learns():
    proba, y = binary_scores(600)
    X = np.log(proba)
    rule = MetricThreshold(LogisticRegression(), metric="balanced_accuracy", calibration=None, random_state=0)
    rule.fit(X, y)
    theirs = TunedThresholdClassifierCV(
        LogisticRegression(), scoring="balanced_accuracy", cv=StratifiedKFold(3, shuffle=True, random_state=0)
    ).fit(X, y)
    scores = rule.held_out().proba[:, 1]
    at_theirs = balanced_accuracy_score(y, scores >= theirs.best_threshold_)
    assert balanced_accuracy_score(y, scores >= rule.threshold_) >= at_theirs
    assert rule.threshold_ == pytest.approx(theirs.best_threshold_, abs=0.1)


def test_with_few_positives_the_cut_is_set_by_expectation(oracle):
    proba, y = binary_scores(400, prior=0.05)
    y[:] = 0
    y[np.argsort(-proba[:, 1])[:9]] = 1  # nine, perfectly told apart: counting would cut there
    rule = ruled(MetricThreshold(oracle, metric="balanced_accuracy", calibration=None), proba, y)
    assert "fewer than 10 of a class" in rule.decision_["how"]
    assert "threshold_interval" not in rule.decision_
    # The expected balanced accuracy of calibrated probabilities is best at their mean.
    assert rule.threshold_ == pytest.approx(proba[:, 1].mean(), abs=0.01)
    y[np.argsort(-proba[:, 1])[:10]] = 1
    rule = ruled(MetricThreshold(oracle, metric="balanced_accuracy", calibration=None), proba, y)
    assert "fewer" not in rule.decision_["how"]
    assert (rule.decide(proba) == y).all()


def test_tied_scores_are_cut_all_or_none(oracle):
    p = np.full(60, 0.2)
    y = np.tile([0, 0, 1], 20)
    rule = ruled(MetricThreshold(oracle, calibration=None), np.column_stack([1 - p, p]), y)
    assert rule.decide(np.array([[0.8, 0.2]]))[0] == 1
    assert rule.decision_["flagged_share"] == 1


@pytest.mark.parametrize("name", list(MULTICLASS))
def test_weights_of_many_classes_beat_no_weights_and_a_grid(oracle, name):
    proba, codes = many_scores(400, 3)
    rule = ruled(MetricThreshold(oracle, metric=name, calibration=None), proba, codes)

    def value(decided):
        counted = [codes[codes == decided], decided, codes]
        right, said, true = (np.bincount(c, minlength=3).astype(float) for c in counted)
        return float(MULTICLASS[name](right[None], said[None], true)[0])

    reached = value(rule.decide(proba))
    assert reached == pytest.approx(rule.decision_["value"])
    assert reached >= value(proba.argmax(axis=1))
    grid = np.exp(np.linspace(-1, 4, 11))
    best = max(value((proba * [1, a, b]).argmax(axis=1)) for a, b in itertools.product(grid, grid))
    assert reached >= best - 0.01


def test_classes_too_small_to_count_on_keep_their_weight():
    proba, codes = many_scores(600, 4)
    evidence = Evidence(proba, codes, np.ones(codes.size))
    start = np.array([0.0, 0.1, 0.2, 0.3])
    found, _ = search_weights(evidence, MULTICLASS["f1"], [start], np.array([1, 2]))
    assert found[0] == 0.0
    assert found[3] == 0.3
    assert not np.array_equal(found, start)


def test_small_classes_are_named(oracle):
    proba, codes = many_scores(400, 4)
    codes[codes == 3] = 0
    codes[:3] = 3
    rule = ruled(MetricThreshold(oracle, calibration=None), proba, codes)
    assert "too few rows to tune the weight of '3'" in rule.decision_["sentence"]


# capacity


@pytest.mark.parametrize(("review", "per"), [(40, None), (40, 2000), (1, 10)])
def test_as_many_rows_are_flagged_as_can_be_reviewed(oracle, review, per):
    proba, y = binary_scores(1000)
    rule = ruled(CapacityThreshold(oracle, review=review, per=per, calibration=None), proba, y)
    assert rule.decide(proba).sum() == round(1000 * review / (per or 1000))
    flagged = proba[rule.decide(proba) == 1, 1]
    assert flagged.min() > proba[rule.decide(proba) == 0, 1].max()


def test_a_capacity_beyond_all_rows_flags_all(oracle):
    proba, y = binary_scores(100)
    assert ruled(CapacityThreshold(oracle, review=500, calibration=None), proba, y).decide(proba).all()


def test_ties_flag_fewer_rather_than_more(oracle):
    p = np.repeat([0.9, 0.5, 0.1], [10, 20, 70])
    y = (np.arange(100) % 9 == 0).astype(int)
    proba = np.column_stack([1 - p, p])
    rule = ruled(CapacityThreshold(oracle, review=20, calibration=None), proba, y)
    assert rule.decide(proba).sum() == 10
    rule = ruled(CapacityThreshold(oracle, review=5, calibration=None), proba, y)
    assert rule.decide(proba).sum() == 10
    assert "no cut flags so few" in rule.decision_["how"]


def test_other_rows_get_the_likeliest_other_class(oracle):
    proba, codes = many_scores(500, 4)
    rule = ruled(CapacityThreshold(oracle, review=25, positive=2, calibration=None), proba, codes)
    decided = rule.decide(proba)
    assert (decided == 2).sum() == 25
    rest = proba[decided != 2].copy()
    rest[:, 2] = 0
    np.testing.assert_array_equal(decided[decided != 2], rest.argmax(axis=1))


def test_a_rarer_class_at_deployment_is_flagged_as_often(oracle):
    """Capacity is about rows: the threshold falls with the probabilities."""
    proba, y = binary_scores(2000, prior=0.2)
    rule = ruled(CapacityThreshold(oracle, review=100, calibration=None), proba, y)
    moved = rule.at_prior({1: 0.01})
    assert moved.threshold_ < rule.threshold_
    assert moved.decision_["flagged_share"] == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("parameters", [{"review": 0}, {"review": 2.5}, {"per": 0}])
def test_capacity_is_a_whole_number(oracle, parameters):
    with pytest.raises(BadOption, match="must be an int of at least 1"):
        ruled(CapacityThreshold(oracle, **parameters), *binary_scores(50))


# recall floor


@pytest.mark.parametrize("floor", [0.0, 0.5, 0.8, 1.0])
def test_the_floor_is_met_by_the_highest_cut_that_does(oracle, floor):
    proba, y = binary_scores(400)
    rule = ruled(RecallFloor(oracle, min_recall=floor, calibration=None), proba, y)
    assert rule.met_
    hits = proba[y == 1, 1]
    assert (hits >= rule.threshold_).mean() >= floor
    higher = [t for t in proba[:, 1] if t > rule.threshold_]
    assert all((hits > t).mean() < floor or floor == 0 for t in higher)


def test_a_floor_under_the_frequent_class(oracle):
    proba, y = binary_scores(400)
    rule = ruled(RecallFloor(oracle, min_recall={0: 0.95}, calibration=None), proba, y)
    assert recall_score(y, rule.decide(proba), pos_label=0) >= 0.95
    assert "'0'" in rule.decision_["sentence"]


def test_with_confidence_more_must_be_found(oracle):
    proba, y = binary_scores(600)
    plain = ruled(RecallFloor(oracle, min_recall=0.8, calibration=None), proba, y)
    sure = ruled(RecallFloor(oracle, min_recall=0.8, confidence=0.95, calibration=None), proba, y)
    assert sure.threshold_ < plain.threshold_
    hits, rows = int(((sure.decide(proba) == 1) & (y == 1)).sum()), int(y.sum())
    assert beta.ppf(0.05, hits, rows - hits + 1) >= 0.8
    assert beta.ppf(0.05, hits - 1, rows - hits + 2) < 0.8


def test_too_few_rows_for_the_confidence_are_said(oracle):
    proba, y = binary_scores(100)
    y[:] = 0
    y[:4] = 1
    rule = ruled(RecallFloor(oracle, min_recall=0.9, confidence=0.95, calibration=None), proba, y)
    assert not rule.met_
    assert "Too few rows" in rule.decision_["sentence"]
    assert rule.decide(proba).all()


def test_floors_under_several_of_many_classes(oracle):
    proba, codes = many_scores(3000, 4)
    floors = {2: 0.75, 3: 0.6}
    rule = ruled(RecallFloor(oracle, min_recall=floors, calibration=None), proba, codes)
    decided = rule.decide(proba)
    assert rule.met_
    for code, floor in floors.items():
        assert (decided[codes == code] == code).mean() >= floor
    before = proba.argmax(axis=1)
    assert (before[codes == 3] == 3).mean() < 0.6  # it had to be lifted
    weights = rule.decision_["weights"]
    assert weights["0"] == weights["1"] == 1
    # Not lifted further than needed: without the last row to go over, a floor is missed.
    assert min((decided[codes == c] == c).mean() - f for c, f in floors.items()) < 0.02


def test_a_class_above_its_floor_is_left_alone(oracle):
    proba, codes = many_scores(1000, 3)
    rule = ruled(RecallFloor(oracle, min_recall={0: 0.1}, calibration=None), proba, codes)
    np.testing.assert_array_equal(rule.decide(proba), proba.argmax(axis=1))


def test_floors_that_exclude_each_other_are_said(oracle):
    proba, codes = many_scores(1000, 3)
    rule = ruled(RecallFloor(oracle, min_recall={0: 0.99, 1: 0.99, 2: 0.99}, calibration=None), proba, codes)
    assert not rule.met_
    assert "Not reached for" in rule.decision_["sentence"]
    assert np.isfinite(rule.log_weights_).all()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"min_recall": 1.2}, "between 0 and 1"),
        ({"min_recall": {"x": 0.5}}, "names the class 'x'"),
        ({"confidence": 1.0}, "'confidence' parameter"),
    ],
)
def test_floors_that_make_no_sense(oracle, parameters, words):
    with pytest.raises(BadOption, match=words):
        ruled(RecallFloor(oracle, calibration=None, **parameters), *binary_scores(60))
