import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score

from steelyard.balance import SMOTE, RandomUnderSampler
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.data import load
from steelyard.errors import BadOption
from steelyard.evaluate.judge_sampler import judge_sampler
from steelyard.evaluate.pooled import macro_scores, pooled_decisions, resample_first
from steelyard.kernels.out_of_fold import inner_splits


def nearest_mean(X, y, X_test, y_test):
    middles = {label: X[y == label].mean(axis=0) for label in np.unique(y)}
    far = np.array([np.linalg.norm(X_test - middle, axis=1) for middle in middles.values()])
    return {"nearest mean": np.array(list(middles))[far.argmin(axis=0)]}


def test_every_tested_row_once_in_the_order_of_the_table():
    rng = np.random.default_rng(0)
    y = np.array(["a"] * 20 + ["b"] * 9 + ["c"])
    X = rng.normal(size=(30, 2)) + 3 * (y == "b")[:, None]
    splits = inner_splits(y, 3, random_state=0)
    told = pooled_decisions(nearest_mean, X, y, splits)
    assert told.rows.tolist() == list(range(29))  # the only c is never tested
    assert (told.true == y[:29]).all()
    for train, test in splits:
        by_hand = nearest_mean(X[train], y[train], X[test], None)["nearest mean"]
        assert (told.decided["nearest mean"][test] == by_hand).all()


def test_folds_that_overlap_or_differ_are_refused():
    y, X = np.arange(8) % 2, np.zeros((8, 1))
    twice = [(np.arange(4), np.arange(4, 8)), (np.arange(4), np.arange(4, 8))]
    with pytest.raises(BadOption, match="at most one test part"):
        pooled_decisions(nearest_mean, X, y, twice)
    names = iter("ab")
    with pytest.raises(BadOption, match="same systems"):
        pooled_decisions(lambda *fold: {next(names): fold[3]}, X, y, inner_splits(y, 2))


def test_scores():
    told = macro_scores(["a", "a", "a", "b"], ["a", "a", "b", "a"])
    assert told["G-mean"] == 0
    assert told["macro recall"] == pytest.approx(1 / 3)
    assert told["accuracy"] == 0.5
    assert told["macro precision"] == pytest.approx(1 / 3)
    assert told["macro F1"] == pytest.approx(1 / 3)


def test_resampling_first_flatters_and_says_how():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 3)), np.repeat([0, 1], [95, 25])  # nothing to learn

    def nearest(X, y, X_test, y_test):
        far = ((X_test[:, None] - X[None]) ** 2).sum(axis=2)
        return {"nearest row": y[far.argmin(axis=1)]}

    honest = pooled_decisions(nearest, X, y, inner_splits(y, 5, random_state=0))
    leaky = resample_first(SMOTE(random_state=0), nearest, X, y)
    scores = [
        balanced_accuracy_score(told.true, told.decided["nearest row"]) for told in (honest, leaky.pooled)
    ]
    assert scores[0] < 0.6
    assert scores[1] > 0.75
    assert leaky.across > 0.8
    assert leaky.real.sum() == 120
    assert leaky.removed == 0


def test_rows_that_were_removed_are_counted():
    data = load("glass")
    sampler = BigJumpOMRP(random_state=0, standardize=True)
    told = resample_first(sampler, lambda *fold: {"copy": fold[3]}, data.X, data.y)
    kept = sampler.fit_resample(data.X, data.y)[0].shape[0] - (sampler.origin_ < 0).sum()
    assert told.removed == pytest.approx(1 - kept / len(data))
    under = resample_first(
        RandomUnderSampler(random_state=0), lambda *fold: {"copy": fold[3]}, data.X, data.y
    )
    assert under.across == 0


def test_overlap_measured_on_the_resampled_table_shrinks_where_nothing_was_learned():
    """Synthetic rows vouch for each other: the ratio falls on noise, the held-out mismatch does not."""
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame(rng.normal(size=(300, 4))), np.repeat([0, 1], [240, 60])
    half = np.arange(300) % 2 == 0
    told = judge_sampler(SMOTE(), (X[half], y[half]), (X[~half], y[~half]))
    assert told["overlap after"] < 0.8 * told["overlap before"]
    assert told["held-out mismatch"] > 0.6
    assert 0 < told["variance kept"] < 1


def test_a_table_without_numbers_has_no_variance():
    frame = pd.DataFrame({"shop": pd.Categorical(list("aabbab") * 10)})
    y = np.repeat([0, 1], [45, 15])
    assert "variance kept" not in judge_sampler(SMOTE(), (frame, y), (frame, y))
