import pytest

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.protocol import System
from steelyard.evaluate.verdict import Standing, decision_twin, reference_row, verdict_on
from steelyard.records import Estimate, Gain

KINDS = {"constant": "constant", "plain": "plain", "threshold": "threshold", "logistic": "learner"}


def standing(means, by_decision=False, bases=None):
    systems = {
        name: System(name, KINDS.get(name, "remedy"), None, resamples=name not in KINDS) for name in means
    }
    shared = {name: "tree" if name in ("plain", "threshold") else name for name in means}
    title = "average precision"
    return Standing(systems, means, bases or shared, "average_precision", title, by_decision, higher=True)


def gain(name, mean, low, high):
    return Gain(name, "plain", "average_precision", Estimate(mean, low, high), 0.01, 0.02, low > 0)


def intervals(means):
    return {name: Estimate(mean, mean - 0.1, mean + 0.1) for name, mean in means.items()}


def test_a_proven_remedy_is_chosen_the_one_with_the_largest_gain():
    means = {"plain": 0.5, "a": 0.6, "b": 0.7, "c": 0.9}
    gains = [gain("a", 0.1, 0.02, 0.2), gain("b", 0.2, 0.1, 0.3), gain("c", 0.4, -0.1, 0.9)]
    verdict, chosen = verdict_on(standing(means), "plain", gains, intervals(means))
    assert chosen == "b"
    assert verdict.resampling_helps
    assert verdict.best_remedy == "b"
    assert verdict.sentence.startswith("Resampling helps: b reaches average precision 0.7")
    assert "+0.2 [0.1, 0.3] over plain" in verdict.sentence
    assert "corrected for 3 remedies" in verdict.sentence


def test_a_remedy_that_is_better_by_luck_is_not():
    means = {"plain": 0.5, "threshold": 0.5, "a": 0.6}
    verdict, chosen = verdict_on(standing(means), "plain", [gain("a", 0.1, -0.02, 0.2)], intervals(means))
    assert chosen == "threshold"
    assert not verdict.resampling_helps
    assert verdict.sentence.startswith("No evidence that resampling helps: the best remedy, a,")
    assert "holds zero" in verdict.sentence
    assert "threshold is chosen: the model of plain" in verdict.sentence


def test_a_harmful_remedy_is_called_worse():
    means = {"plain": 0.5, "a": 0.3}
    verdict, chosen = verdict_on(standing(means), "plain", [gain("a", -0.2, -0.3, -0.1)], intervals(means))
    assert chosen == "plain"
    assert "even the best remedy, a, is worse than plain" in verdict.sentence


def test_without_remedies_and_with_failed_ones():
    means = {"plain": 0.5}
    assert "no row that resamples" in verdict_on(standing(means), "plain", [], intervals(means))[0].sentence
    dropped = [gain("gone", 0.2, 0.1, 0.3)]
    verdict, chosen = verdict_on(standing(means), "plain", dropped, intervals(means))
    assert chosen == "plain"
    assert verdict.best_remedy is None


def test_the_best_row_without_resampling_is_the_reference_ties_go_to_the_earlier():
    means = {"constant": 0.1, "plain": 0.5, "logistic": 0.6, "smote": 0.9}
    assert reference_row(standing(means)) == "logistic"
    assert reference_row(standing({"plain": 0.5, "threshold": 0.5})) == "plain"
    assert reference_row(standing({"plain": float("nan"), "threshold": 0.5})) == "threshold"


def test_the_constant_row_wins_only_where_decisions_are_measured():
    means = {"constant": 0.6, "plain": 0.5}
    assert reference_row(standing(means)) == "plain"
    by_cost = standing(means, by_decision=True)
    assert reference_row(by_cost) == "constant"
    verdict, chosen = verdict_on(by_cost, "constant", [], intervals(means))
    assert chosen == "constant"
    assert "No model beats always deciding the same" in verdict.sentence
    assert reference_row(standing({"constant": 0.5, "plain": 0.5}, by_decision=True)) == "plain"


def test_a_metric_that_is_never_defined():
    with pytest.raises(CannotEvaluate, match="not defined in any fold"):
        reference_row(standing({"plain": float("nan"), "smote": 0.5}))


def test_the_twin_shares_the_model_and_only_stands_in_for_plain():
    assert decision_twin(standing({"plain": 0.5, "threshold": 0.5}), "plain") == "threshold"
    other = standing({"plain": 0.5, "threshold": 0.5}, bases={"plain": "tree", "threshold": "other"})
    assert decision_twin(other, "plain") == "plain"
    assert decision_twin(standing({"plain": 0.5, "threshold": 0.4}, by_decision=True), "plain") == "plain"
