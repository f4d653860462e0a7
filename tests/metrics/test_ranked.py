import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from steelyard.metrics.ranked import RankedScores

# Few distinct scores, so that ties are the rule.
rows = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=25)


def split(drawn):
    positive, score, weight = (np.array(column) for column in zip(*drawn, strict=True))
    return positive, score / 6.0, weight.astype(float)


def average_precision_twin(positive, score, weight):
    total = sum(w for p, w in zip(positive, weight, strict=True) if p)
    if total == 0:
        return np.nan
    value, recall_before = 0.0, 0.0
    for threshold in sorted(set(score), reverse=True):
        above = [i for i in range(len(score)) if score[i] >= threshold]
        found = sum(weight[i] for i in above if positive[i])
        flagged = sum(weight[i] for i in above)
        if flagged:
            value += (found / total - recall_before) * found / flagged
        recall_before = found / total
    return value


def roc_auc_twin(positive, score, weight):
    right, pairs = 0.0, 0.0
    for i in np.flatnonzero(positive):
        for j in np.flatnonzero(~positive):
            pair = weight[i] * weight[j]
            pairs += pair
            right += pair * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    return right / pairs if pairs else np.nan


def precision_at_twin(positive, score, weight, k):
    """Mean over random orders within ties, worked out in exact shares."""
    left, found = min(k, weight.sum()), 0.0
    budget = left
    for threshold in sorted(set(score), reverse=True):
        tie = score == threshold
        size = weight[tie].sum()
        taken = min(left, size)
        if size:
            found += weight[tie & positive].sum() * taken / size
        left -= taken
    return found / budget


@given(rows)
def test_loops(drawn):
    positive, score, weight = split(drawn)
    ranked = RankedScores(positive, score)
    ones = np.ones(len(drawn))
    for given_weight, plain in ((weight, weight), (None, ones)):
        np.testing.assert_allclose(
            ranked.average_precision(given_weight), average_precision_twin(positive, score, plain), atol=1e-12
        )
        np.testing.assert_allclose(
            ranked.roc_auc(given_weight), roc_auc_twin(positive, score, plain), atol=1e-12
        )
        for k in (1.0, 2.5, 7.0, 100.0):
            if plain.sum():
                np.testing.assert_allclose(
                    ranked.precision_at(k, given_weight),
                    precision_at_twin(positive, score, plain, k),
                    atol=1e-12,
                )


@given(rows)
def test_weights_are_multiplicities(drawn):
    positive, score, weight = split(drawn)
    repeated = np.repeat(np.arange(len(drawn)), weight.astype(int))
    if repeated.size == 0:
        return
    one, many = RankedScores(positive, score), RankedScores(positive[repeated], score[repeated])
    np.testing.assert_allclose(one.average_precision(weight), many.average_precision(), atol=1e-12)
    np.testing.assert_allclose(one.roc_auc(weight), many.roc_auc(), atol=1e-12)
    np.testing.assert_allclose(one.partial_roc_auc(0.3, weight), many.partial_roc_auc(0.3), atol=1e-12)
    np.testing.assert_allclose(one.precision_at(3, weight), many.precision_at(3), atol=1e-12)


@pytest.mark.parametrize("digits", [1, 2, 8])
@pytest.mark.parametrize("weighted", [False, True])
def test_scikit_learn(digits, weighted):
    rng = np.random.default_rng(digits)
    positive = rng.random(800) < 0.1
    score = np.round(rng.random(800) * 0.5 + positive * 0.2, digits)
    weight = rng.random(800) if weighted else None
    ranked = RankedScores(positive, score)
    assert ranked.average_precision(weight) == pytest.approx(
        average_precision_score(positive, score, sample_weight=weight), abs=1e-12
    )
    assert ranked.roc_auc(weight) == pytest.approx(roc_auc_score(positive, score, sample_weight=weight))
    for max_fpr in (0.01, 0.1, 0.5, 0.99):
        assert ranked.partial_roc_auc(max_fpr, weight) == pytest.approx(
            roc_auc_score(positive, score, sample_weight=weight, max_fpr=max_fpr)
        )


def test_many_weightings_at_once():
    rng = np.random.default_rng(0)
    positive, score = rng.random(50) < 0.3, rng.random(50)
    weights = rng.poisson(1, (4, 50))
    ranked = RankedScores(positive, score)
    for method in (ranked.average_precision, ranked.roc_auc, lambda w: ranked.precision_at(5, w)):
        np.testing.assert_array_equal(method(weights), [method(row) for row in weights])


def test_where_nothing_is_defined():
    none = RankedScores([False, False], [0.1, 0.2])
    assert np.isnan(none.average_precision())
    assert np.isnan(none.roc_auc())
    assert np.isnan(none.partial_roc_auc(0.1))
    assert none.precision_at(1) == 0.0
    every = RankedScores([True, True], [0.1, 0.2])
    assert every.average_precision() == 1.0
    assert np.isnan(every.roc_auc())
    weightless = RankedScores([True, False], [0.1, 0.2])
    assert np.isnan(weightless.average_precision([0.0, 1.0]))
    assert np.isnan(weightless.precision_at(1, [0.0, 0.0]))
    empty = RankedScores([], [])
    assert all(np.isnan(v) for v in (empty.average_precision(), empty.roc_auc(), empty.precision_at(3)))
