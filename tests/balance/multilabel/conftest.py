"""Multi-label rows to resample."""

import numpy as np
import pytest


def make_rows(seed=0, n=200, shares=(0.7, 0.45, 0.3, 0.08, 0.04)):
    """Numbers, and labels of very different frequency that lie in places of their own."""
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, len(shares))) < shares).astype(int)
    middle = rng.normal(scale=3, size=(len(shares), 4))
    return rng.normal(size=(n, 4)) + Y @ middle, Y


@pytest.fixture
def rows():
    return make_rows()
