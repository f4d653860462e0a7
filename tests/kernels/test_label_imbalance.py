"""Measures of label imbalance, beside plain loops written from the papers."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from steelyard.kernels.label_imbalance import cvir, irlbl, mean_ir, scumble, scumble_rows


def plain_measures(Y):
    counts = [sum(row[j] for row in Y) for j in range(len(Y[0]))]
    ratio = [max(counts) / count if count else math.nan for count in counts]
    known = [value for value in ratio if not math.isnan(value)]
    mean = sum(known) / len(known)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in known) / (len(known) - 1))
    mixed = []
    for row in Y:
        own = [ratio[j] for j, carried in enumerate(row) if carried]
        product = math.prod(own)
        mixed.append(1 - product ** (1 / len(own)) / (sum(own) / len(own)) if own else 0.0)
    return ratio, mean, deviation / mean, mixed


@pytest.fixture(params=range(5))
def labels(request):
    rng = np.random.default_rng(request.param)
    Y = (rng.random((50, 6)) < [0.6, 0.4, 0.2, 0.1, 0.05, 0.0]).astype(int)
    Y[0, :5] = 1
    Y[1] = 0
    return Y


def test_they_equal_plain_loops(labels):
    ratio, mean, variation, mixed = plain_measures(labels.tolist())
    np.testing.assert_allclose(irlbl(labels), ratio)
    assert mean_ir(labels) == pytest.approx(mean)
    assert cvir(labels) == pytest.approx(variation)
    np.testing.assert_allclose(scumble_rows(labels), mixed, atol=1e-12)
    assert scumble(labels) == pytest.approx(sum(mixed) / len(mixed))


def test_any_kind_of_matrix_will_do(labels):
    for same in (
        sparse.csr_matrix(labels),
        sparse.csc_array(labels),
        pd.DataFrame(labels.astype(bool)),
        labels.tolist(),
    ):
        np.testing.assert_array_equal(irlbl(same), irlbl(labels))
        np.testing.assert_allclose(scumble_rows(same), scumble_rows(labels))


def test_equal_labels_are_not_imbalanced():
    Y = np.ones((4, 3), dtype=int)
    assert mean_ir(Y) == 1.0
    assert cvir(Y) == 0.0
    assert scumble(Y) == 0.0


def test_without_labels_nothing_is_defined():
    Y = np.zeros((3, 2))
    assert np.isnan(irlbl(Y)).all()
    assert np.isnan(mean_ir(Y))
    assert np.isnan(cvir(Y))
    assert scumble(Y) == 0.0
