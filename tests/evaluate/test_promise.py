import pytest
from sklearn.linear_model import LogisticRegression

from evaluation_rows import made, rows
from steelyard.decide import ArgmaxRule
from steelyard.errors import BadOption
from steelyard.evaluate import compare, promise_held, score


def card(mean, low, high, metric="average_precision", share=0.1, auc=(0.8, 0.7, 0.9), rows=1000):
    def estimate(*values):
        return dict(zip(("mean", "low", "high"), values, strict=True))

    return {
        "data": {"classes": {"ok": round(rows * (1 - share)), "bad": round(rows * share)}},
        "protocol": {"metric": metric, "positive": "bad"},
        "chosen": "a",
        "corrected": None,
        "rows": [{"system": "a", "metrics": {metric: estimate(mean, low, high), "roc_auc": estimate(*auc)}}],
    }


@pytest.mark.parametrize(
    ("measured", "held"),
    [
        ((0.5, 0.45, 0.55), True),
        ((0.7, 0.65, 0.75), True),  # better than promised
        ((0.41, 0.3, 0.5), True),
        ((0.38, 0.3, 0.45), None),
        ((0.2, 0.1, 0.3), False),
    ],
)
def test_three_outcomes(measured, held):
    found = promise_held(card(0.5, 0.4, 0.6), card(*measured))
    assert found["held"] is held
    assert found["metric"] == "average_precision"
    assert found["measured"]["mean"] == measured[0]


def test_smaller_is_better_for_costs():
    promised = card(0.5, 0.4, 0.6, "expected_cost")
    assert promise_held(promised, card(0.2, 0.1, 0.3, "expected_cost"))["held"] is True
    assert promise_held(promised, card(0.9, 0.8, 1.0, "expected_cost"))["held"] is False


def test_the_corrected_estimate_is_the_promise():
    promised = card(0.5, 0.4, 0.6)
    promised["corrected"] = {"mean": 0.3, "low": 0.25, "high": 0.35}
    assert promise_held(promised, card(0.3, 0.28, 0.32))["held"] is True


def test_another_prevalence_is_not_compared_by_average_precision():
    found = promise_held(card(0.5, 0.4, 0.6), card(0.1, 0.05, 0.15, share=0.01))
    assert found["metric"] == "roc_auc"
    assert found["held"] is True
    assert "1.00% of these rows and was 10.00%" in found["sentence"]
    # A difference that chance explains is no reason.
    assert promise_held(card(0.5, 0.4, 0.6), card(0.5, 0.4, 0.6, share=0.14, rows=50))["metric"] != "roc_auc"


def test_no_common_metric():
    with pytest.raises(BadOption, match="Score with metric='expected_cost'"):
        promise_held(card(0.5, 0.4, 0.6, "expected_cost"), card(0.5, 0.4, 0.6))


def test_undefined_figures_cannot_be_told():
    found = promise_held(card(0.5, 0.4, 0.6), card(None, None, None))
    assert found["held"] is None
    assert found["sentence"].startswith("Cannot tell")


def test_a_model_keeps_its_promise_on_rows_like_those_it_knew():
    data = made(400)
    comparison = compare(rows(), data, folds=3, repeats=1, progress=False)
    model = ArgmaxRule(LogisticRegression()).fit(data.X, data.y)
    found = promise_held(comparison, score(model, made(400, seed=5)))
    assert found["held"] is True
    assert found["sentence"].startswith("The promise held")
