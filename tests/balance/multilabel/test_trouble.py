"""Every multi-label sampler on every troublesome table: a valid result, or a plain sentence."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from steelyard.balance.multilabel import LPROS, LPRUS, MLROS, MLRUS, MLSMOTE, MLTL
from steelyard.errors import UserError
from trouble import TROUBLE

SAMPLERS = [
    MLROS(random_state=0),
    MLRUS(random_state=0),
    LPROS(random_state=0),
    LPRUS(random_state=0),
    MLSMOTE(random_state=0),
    MLSMOTE(random_state=0, standardize=True),
    MLTL(sampling_strategy="all"),
]
MEASURING = (MLSMOTE, MLTL)
REFUSED = {"infinity": "holds infinity", "frame_with_dates": "'day' holds datetime64"}


def labels_for(y):
    """The rare class as the last of three labels, beside two that overlap with all rows."""
    rare = (np.asarray(y) == "rare") | (np.asarray(y) == 1)
    place = np.arange(len(rare))
    return np.column_stack([place % 10 < 8, place % 3 == 0, rare]).astype(int)


def refusal(sampler, name):
    if isinstance(sampler, MEASURING) and name in REFUSED:
        return REFUSED[name]
    if name == "huge_numbers" and isinstance(sampler, MEASURING) and not sampler.standardize:
        return "Rescale the columns"
    return None


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    Y, made = labels_for(y), clone(sampler)
    said = refusal(sampler, name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            made.fit_resample(X, Y)
        return
    X_out, Y_out = made.fit_resample(X, Y)
    assert type(X_out) is type(X)
    assert X_out.shape[0] == len(Y_out) == len(made.origin_)
    assert len(Y_out) != len(Y) or made.note_
    assert np.isin(Y_out, (0, 1)).all()
    assert (Y_out.sum(axis=0) > 0).all()
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
    else:
        assert X_out.dtype == X.dtype
    if sparse.issparse(X):
        assert X_out.format == X.format
