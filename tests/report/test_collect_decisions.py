import numpy as np
import pytest

from steelyard.records import Dataset, Estimate, Predictions, Row
from steelyard.report.collect_decisions import confusion, cost_curve, per_class, review_list
from steelyard.report.held_out import held_out


@pytest.fixture(scope="module")
def held():
    rng = np.random.default_rng(1)
    n = 300
    y = (rng.random(n) < 0.2).astype(int)
    rows = np.r_[rng.permutation(n), rng.permutation(n)]
    score = np.clip(0.3 * y[rows] + 0.6 * rng.random(2 * n), 0, 1)
    fold = np.repeat([0, 1], n)
    made = Predictions(rows, fold, np.c_[1 - score, score], (score > 0.4).astype(int))
    return held_out(made, Dataset(np.zeros((n, 1)), y), ["0", "1"])


def test_confusion_counts_one_pass_and_its_cost(held):
    cost = np.array([[0.0, 1.0], [20.0, 0.0]])
    made = confusion(held, ["0", "1"], cost)
    expected = np.zeros((2, 2))
    for truth, decided in zip(held.truth, held.decided, strict=True):
        expected[truth, decided] += 0.5
    assert made["counts"] == expected.tolist()
    assert made["rows"] == pytest.approx(300)
    assert made["total_cost"] == pytest.approx(expected[0, 1] + 20 * expected[1, 0])
    assert made["cost_per_row"] == pytest.approx(made["total_cost"] / 300)
    assert made["mistakes"][0]["cost"] >= made["mistakes"][-1]["cost"]


def test_recall_is_the_scorecards_where_it_has_one(held):
    row = Row("a", "plain", recall={"1": Estimate(0.5, 0.4, 0.6)})
    rarest, common = per_class(held, ["0", "1"], row, {"0": 240, "1": 60})
    assert (rarest["label"], rarest["recall"], rarest["low"]) == ("1", 0.5, 0.4)
    hits = np.mean(held.decided[held.truth == 0] == 0)
    assert common["recall"] == pytest.approx(hits)
    assert common["low"] < hits < common["high"]


def test_a_review_list_finds_what_sorting_each_pass_finds(held):
    lines = review_list(held, 1, 37)
    assert [line["k"] for line in lines if line["wanted"]] == [37]
    for line in lines:
        found = 0
        for turn in (0, 1):
            now = np.flatnonzero(held.turn == turn)
            best = sorted(now, key=lambda i: -held.proba[i, 1])[: line["k"]]
            found += sum(held.truth[i] == 1 for i in best)
        assert line["found"] == found / 2
        assert line["precision"] == pytest.approx(line["found"] / line["k"])


def test_costs_are_those_of_a_plain_loop_over_rows(held):
    made = cost_curve(held, 1, 7.5)
    assert 7.5 in [line["ratio"] for line in made["table"]]
    for line in made["table"]:
        ratio, cost, stays, none, everyone = line["ratio"], 0.0, 0.0, 0.0, 0.0
        for truth, score, decided in zip(held.truth, held.proba[:, 1], held.decided, strict=True):
            flagged = score >= 1 / (1 + ratio)
            cost += ratio if truth and not flagged else flagged and not truth
            stays += ratio if truth and not decided else decided and not truth
            none += ratio * truth
            everyone += not truth
        per_thousand = 1000 / len(held.truth)
        assert line["cost"] == pytest.approx(cost * per_thousand)
        assert line["as_decided"] == pytest.approx(stays * per_thousand)
        assert line["nobody"] == pytest.approx(none * per_thousand)
        assert line["everybody"] == pytest.approx(everyone * per_thousand)


def test_one_class_only_has_no_cost_curve_and_no_review_list(held):
    only = held_out(
        Predictions(np.arange(4), np.zeros(4, int), np.full((4, 2), 0.5), np.zeros(4, int)),
        Dataset(np.zeros((4, 1)), np.zeros(4, int)),
        ["0", "1"],
    )
    assert cost_curve(only, 1, None) is None
    assert review_list(only, 1, 1) == []
