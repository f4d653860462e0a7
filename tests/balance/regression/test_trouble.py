"""Every sampler for a number to learn on every troublesome table: a valid result, or a plain sentence."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from steelyard.balance.regression import (
    SMOGN,
    SMOTER,
    GaussianNoise,
    RandomOverRegression,
    RandomUnderRegression,
)
from steelyard.errors import UserError
from trouble import TROUBLE

POINTS = [[2, 0], [9, 1]]
SAMPLERS = [
    RandomOverRegression(relevance=POINTS, random_state=0),
    RandomUnderRegression(relevance=POINTS, random_state=0),
    SMOTER(relevance=POINTS, random_state=0),
    SMOTER(relevance=POINTS, random_state=0, standardize=True),
    SMOGN(relevance=POINTS, random_state=0, standardize=True),
    GaussianNoise(relevance=POINTS, random_state=0),
]
MAKING = (SMOTER, SMOGN, GaussianNoise)
REFUSED = {"infinity": "holds infinity", "frame_with_dates": "'day' holds datetime64"}


def refusal(sampler, name):
    if isinstance(sampler, MAKING) and name in REFUSED:
        return REFUSED[name]
    if isinstance(sampler, MAKING) and name == "one_row_class":
        return "can make no row: the rare values"
    if name == "huge_numbers" and isinstance(sampler, SMOTER) and not sampler.standardize:
        return "Rescale the columns"
    return None


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    rare = (np.asarray(y) == "rare") | (np.asarray(y) == 1)
    target = np.random.default_rng(0).random(len(rare)) + np.where(rare, 10, 0)
    made, said = clone(sampler), refusal(sampler, name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            made.fit_resample(X, target)
        return
    X_out, y_out = made.fit_resample(X, target)
    assert type(X_out) is type(X)
    assert X_out.shape[0] == len(y_out) == len(made.origin_)
    assert np.isfinite(y_out).all()
    counts = made.region_counts_after_
    assert abs(counts[0] - counts[1]) <= 1
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
    else:
        assert X_out.dtype == X.dtype
    if sparse.issparse(X):
        assert X_out.format == X.format
