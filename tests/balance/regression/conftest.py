"""Rows with a number to learn whose large values are rare."""

import numpy as np
import pytest


def make_rows(seed=0, n=200):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    return X, np.exp(X[:, 0] + 0.3 * rng.normal(size=n)) * 10


@pytest.fixture
def rows():
    return make_rows()
