"""Every sampler on every troublesome table: a valid result, or a plain sentence."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from steelyard.balance import (
    SMOTE,
    SMOTEENN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    RandomOverSampler,
    RandomUnderSampler,
    SMOTETomek,
    TomekLinks,
)
from steelyard.errors import UserError
from trouble import TROUBLE

SAMPLERS = [
    RandomOverSampler(random_state=0),
    RandomUnderSampler(random_state=0),
    SMOTE(random_state=0),
    SMOTE(random_state=0, standardize=True),
    TomekLinks(),
    EditedNearestNeighbours(),
]
MEASURING = (SMOTE, TomekLinks, EditedNearestNeighbours)
REFUSED = {
    "infinity": "holds infinity",
    "frame_with_dates": "'day' holds datetime64",
}


def refusal(sampler, name):
    """Part of the sentence a sampler refuses a table with, or None."""
    if isinstance(sampler, MEASURING) and name in REFUSED:
        return REFUSED[name]
    if name == "one_row_class" and isinstance(sampler, SMOTE):
        return "needs at least 2 rows in class 'rare', got 1. Use RandomOverSampler, or collect more"
    if name == "huge_numbers" and isinstance(sampler, MEASURING) and not sampler.standardize:
        return "Rescale the columns"
    return None


def rows_as_text(X, rows):
    """Rows that can be compared whatever holds them."""
    if sparse.issparse(X):
        return X.tocsr()[rows].toarray().tolist()
    if isinstance(X, pd.DataFrame):
        return X.iloc[rows].astype(str).to_numpy().tolist()
    return X[rows].astype(str).tolist()


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    said = refusal(sampler, name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            sampler.fit_resample(X, y)
        return
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert type(y_out) is type(y)
    origin, kept = sampler.origin_, sampler.origin_ >= 0
    assert X_out.shape[0] == len(y_out) == len(origin)
    assert rows_as_text(X_out, kept) == rows_as_text(X, origin[kept])
    assert (np.asarray(y_out)[kept] == np.asarray(y)[origin[kept]]).all()
    labels, counts = np.unique(np.asarray(y_out), return_counts=True)
    assert len(labels) == 2
    if sampler.how != "clean":
        assert counts[0] == counts[1]
    else:
        assert len(y_out) < len(y) or sampler.note_
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
    else:
        assert X_out.dtype == X.dtype
    if sparse.issparse(X):
        assert X_out.format == X.format


OTHERS = [
    CondensedNearestNeighbour(random_state=0),
    NearMiss(),
    NearMiss(version=2),
    NearMiss(version=3),
    InstanceHardnessThreshold(random_state=0, cv=2),
    ClusterCentroids(random_state=0),
    ClusterCentroids(random_state=0, voting="hard"),
    SMOTEENN(random_state=0),
    SMOTETomek(random_state=0),
]
MAY_BE_REFUSED = {
    "infinity": "infinity",
    "frame_with_dates": "datetime64|own model reads",
    "huge_numbers": "Rescale the columns",
    "one_row_class": "at least 2 rows|with 2 rows",
}


def answer_of(sampler, X, y):
    """What came out, or the sentence it was refused with."""
    try:
        return sampler.fit_resample(X, y)
    except UserError as refused:
        return refused


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", OTHERS, ids=repr)
def test_those_that_choose_their_numbers_give_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    said = MAY_BE_REFUSED.get(name)
    answer = answer_of(sampler, X, y)
    if isinstance(answer, UserError):
        assert said is not None, answer
        assert re.search(said, str(answer))
        return
    X_out, y_out = answer
    assert type(X_out) is type(X)
    origin, kept = sampler.origin_, sampler.origin_ >= 0
    assert X_out.shape[0] == len(y_out) == len(origin)
    assert rows_as_text(X_out, kept) == rows_as_text(X, origin[kept])
    assert (np.asarray(y_out)[kept] == np.asarray(y)[origin[kept]]).all()
    assert set(np.asarray(y_out)) == set(np.asarray(y))
    assert len(y_out) != len(y) or sampler.note_


def test_the_tables_are_as_troublesome_as_their_names():
    assert np.isnan(TROUBLE["gaps"]()[0]).any()
    assert (TROUBLE["explicit_zeros"]()[0].data == 0).any()
    assert TROUBLE["frame_with_categories"]()[0].isna().any().sum() == 3
    assert np.unique(TROUBLE["a_thousand_to_one"]()[1], return_counts=True)[1].tolist() == [2000, 2]
