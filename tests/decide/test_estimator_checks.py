"""scikit-learn's own checks on every rule."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.decide import ArgmaxRule, CapacityThreshold, CostThreshold, MetricThreshold, RecallFloor

INNER = LogisticRegression(C=1.0)
RULES = [
    ArgmaxRule(INNER),
    ArgmaxRule(INNER, calibration="sigmoid", random_state=0),
    CostThreshold(INNER, random_state=0),
    MetricThreshold(INNER, random_state=0),
    CapacityThreshold(INNER, review=20, calibration=None, random_state=0),
    RecallFloor(INNER, calibration=None, random_state=0),
]
NOT_THE_LIKELIEST = "the check wants the most probable class, and a moved threshold decides otherwise"
FOLDS_SPLIT_ROWS = "inner folds split rows, so a row of weight two is not two rows"


def expected_failures(estimator):
    expected = {}
    if estimator.needs_scores:
        expected |= {
            "check_sample_weight_equivalence_on_dense_data": FOLDS_SPLIT_ROWS,
            "check_sample_weight_equivalence_on_sparse_data": FOLDS_SPLIT_ROWS,
        }
    if isinstance(estimator, (MetricThreshold, CapacityThreshold, RecallFloor)):
        expected["check_classifiers_train"] = NOT_THE_LIKELIEST
    return expected


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(RULES, expected_failed_checks=expected_failures)
def test_scikit_learn_accepts_every_rule(estimator, check):
    check(estimator)
