"""MLTL beside plain loops."""

import math

import numpy as np
import pytest
from scipy import sparse

from steelyard.balance.multilabel import MLTL
from steelyard.balance.multilabel.ml_tl import adjusted_hamming
from steelyard.kernels.label_imbalance import irlbl, mean_ir


def plain_distance(one, other):
    either = sum(a or b for a, b in zip(one, other, strict=True))
    return sum(a != b for a, b in zip(one, other, strict=True)) / either if either else 0.0


def rows_kept(X, Y, threshold, everyone):
    frequent = irlbl(Y) < mean_ir(Y)
    kept = []
    for row in range(len(X)):
        if not everyone and not any(Y[row, frequent]):
            kept.append(row)
            continue
        others = [other for other in range(len(X)) if other != row]
        nearest = min(others, key=lambda other: (math.dist(X[row], X[other]), other))
        if plain_distance(Y[row], Y[nearest]) <= threshold:
            kept.append(row)
    return kept


@pytest.mark.parametrize("threshold", [0.15, 0.5])
@pytest.mark.parametrize("strategy", ["majority", "all"])
def test_it_equals_the_paper(threshold, strategy, rows):
    X, Y = rows
    sampler = MLTL(threshold=threshold, sampling_strategy=strategy)
    assert sampler.select(X, Y).tolist() == rows_kept(X, Y, threshold, strategy == "all")
    assert sampler.note_ == ""


def test_the_distance_equals_plain_loops():
    rng = np.random.default_rng(0)
    one, other = (rng.random((50, 4)) < 0.3).astype(float), (rng.random((50, 4)) < 0.3).astype(float)
    expected = [plain_distance(a, b) for a, b in zip(one, other, strict=True)]
    np.testing.assert_allclose(adjusted_hamming(sparse.csr_array(one), sparse.csr_array(other)), expected)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((60, 60), 0.5), ((90, 10), 0.3), ((99, 1), 0.15)],
)
def test_the_threshold_follows_the_imbalance(counts, expected):
    Y = np.repeat([[1, 0], [0, 1]], counts, axis=0)
    sampler = MLTL()
    sampler.fit_resample(np.arange(float(len(Y)))[:, None], Y)
    assert sampler.threshold_ == expected


def test_mixed_rows_get_the_mild_threshold():
    Y = np.zeros((60, 40), dtype=int)
    Y[:40, 0] = 1
    Y[np.arange(39), np.arange(1, 40)] = 1  # every rare label stands beside the frequent one
    sampler = MLTL()
    sampler.fit_resample(np.arange(60.0)[:, None], Y)
    assert sampler.threshold_ == 0.5


def test_no_label_is_lost():
    X = np.array([[0.0], [0.1], [5.0], [5.1], [5.2]])
    Y = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [1, 0]])
    sampler = MLTL(sampling_strategy="all", threshold=0.5)
    assert sampler.select(X, Y).tolist() == [1, 2, 3, 4]
    assert "labels [1] is in a link" in sampler.note_


def test_the_first_of_equally_near_rows_counts():
    X = np.zeros((4, 1))
    Y = np.array([[1, 0], [1, 0], [0, 1], [1, 0]])
    assert MLTL(sampling_strategy="all", threshold=0.5).select(X, Y).tolist() == [0, 1, 2, 3]
