"""The printed figures of two classes, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    matthews_corrcoef,
    recall_score,
    roc_auc_score,
)

from steelyard.evaluate.binary_figures import (
    Said,
    binary_figures,
    decided_above,
    figures_on_rows,
    figures_over_folds,
)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = (rng.random(150) < 0.3).astype(int)
    return y, decided_above(np.clip(y * 0.25 + rng.random(150) * 0.75, 0, 1), 0.45)


def test_figures_are_scikit_learn_s(rows):
    y, said = rows
    assert binary_figures(y, said) == pytest.approx(
        {
            "MCC": matthews_corrcoef(y, said.decided),
            "AUC": roc_auc_score(y, said.scores),
            "AP": average_precision_score(y, said.scores),
            "ACC": accuracy_score(y, said.decided),
            "SN": recall_score(y, said.decided),
            "SP": recall_score(y, said.decided, pos_label=0),
            "Brier": brier_score_loss(y, said.scores),
        }
    )


def test_intervals_and_paired_differences(rows):
    y, said = rows
    other = decided_above(np.random.default_rng(1).random(150), 0.5)
    pairs = [("same", "good"), ("noise", "good")]
    told = figures_on_rows(y, {"good": said, "same": said, "noise": other}, pairs=pairs)
    assert told["good"]["MCC from"] < told["good"]["MCC"] < told["good"]["MCC to"]
    assert set(told["same minus good"].values()) == {0.0}
    worse = told["noise minus good"]
    assert worse["AUC"] == told["noise"]["AUC"] - told["good"]["AUC"]
    assert worse["AUC from"] < worse["AUC"] < worse["AUC to"] < 0
    # Paired: the same rows are drawn for both, so the difference is known better than each of them.
    noisier = Said(np.clip(said.scores + np.random.default_rng(2).normal(0, 0.05, 150), 0, 1), said.decided)
    near = figures_on_rows(y, {"a": said, "b": noisier}, pairs=[("a", "b")])
    width = {name: near[name]["AUC to"] - near[name]["AUC from"] for name in near}
    assert width["a minus b"] < 0.5 * width["a"]
    assert told == figures_on_rows(y, {"good": said, "same": said, "noise": other}, pairs=pairs)


def test_a_fold_without_a_class_is_left_out_of_the_mean():
    y = np.array([0, 0, 0, 1, 0, 1])
    scores = np.array([0.1, 0.2, 0.6, 0.9, 0.8, 0.7])
    folds = [(np.arange(3, 6), np.arange(3)), (np.arange(3), np.arange(3, 6))]
    asked = []

    def say(X, codes, groups, X_test):
        asked.append((X.tolist(), codes.tolist(), groups.tolist()))
        return {"it": decided_above(X_test, 0.5)}

    told = figures_over_folds(say, scores, y, folds, groups=y + 5)["it"]
    assert told["AUC"] == roc_auc_score(y[3:], scores[3:])
    assert told["ACC"] == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert told["SN"] == 1.0
    assert asked[0] == ([0.9, 0.8, 0.7], [1, 0, 1], [6, 5, 6])


def test_what_a_model_said():
    model = DummyClassifier(strategy="prior").fit(np.zeros((4, 1)), ["b", "b", "b", "a"])
    said = Said.of(model, np.zeros((2, 1)))
    assert said.scores.tolist() == [0.75, 0.75]
    assert said.decided.tolist() == [1, 1]
    assert said.take([True, False]).scores.tolist() == [0.75]
