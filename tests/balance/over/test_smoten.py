from collections import Counter

import imblearn.over_sampling
import numpy as np
import pandas as pd
import pytest
from imblearn.metrics.pairwise import ValueDifferenceMetric
from scipy import sparse
from sklearn.preprocessing import OrdinalEncoder

from steelyard.balance.over.smoten import SMOTEN
from steelyard.errors import BadOption


def words(n_classes=2, n=150, columns=4, levels=4, seed=0):
    rng = np.random.default_rng(seed)
    share = np.array([0.6, 0.25, 0.15]) if n_classes == 3 else np.array([0.75, 0.25])
    y = rng.choice(n_classes, size=n, p=share)
    X = rng.integers(levels, size=(n, columns)) + (rng.random((n, columns)) < 0.3) * y[:, None]
    return np.array([f"v{i}" for i in range(levels + n_classes)], dtype=object)[X], y


def value_difference(X, y, one, other):
    """Cost and Salzberg's distance, by plain counting."""
    total = 0.0
    for column in X.T:
        apart = 0.0
        for label in set(y.tolist()):
            share = [
                sum(1 for cell, got in zip(column, y, strict=True) if cell == column[row] and got == label)
                / sum(1 for cell in column if cell == column[row])
                for row in (one, other)
            ]
            apart += abs(share[0] - share[1])
        total += apart**2
    return total


@pytest.mark.parametrize("n_classes", [2, 3])
def test_voters_are_the_nearest_by_the_value_difference_metric(n_classes):
    X, y = words(n_classes, n=90)
    sampler = SMOTEN(k_neighbors=4, random_state=0)
    sampler.fit_resample(X, y)
    seen = set()
    for base, *voters in sampler.parents_[sampler.origin_ < 0]:
        if base in seen:
            continue
        seen.add(base)
        far = {row: value_difference(X, y, base, row) for row in np.flatnonzero(y == y[base]) if row != base}
        got = [far[voter] for voter in voters]
        np.testing.assert_allclose(got, sorted(far.values())[:4], atol=1e-12)
        assert got == sorted(got)
    assert len(seen) > 10


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_child_has_what_most_voters_have(n_classes):
    X, y = words(n_classes)
    sampler = SMOTEN(random_state=0)
    X_out, _ = sampler.fit_resample(X, y)
    for row in np.flatnonzero(sampler.origin_ < 0):
        for column in range(X.shape[1]):
            cells = X[sampler.parents_[row], column].tolist()
            votes = Counter(cells)
            # Of the categories with the most votes, the one whose holder is nearest, the row itself first.
            best = max(votes.values())
            assert X_out[row, column] == next(cell for cell in cells if votes[cell] == best)


def test_distances_are_those_of_imbalanced_learn():
    """In its version 0.14.2 they are used as distances, no longer as features."""
    X, y = words(3)
    codes = OrdinalEncoder(dtype=np.int32).fit_transform(X)
    apart = ValueDifferenceMetric().fit(codes, y).pairwise(codes)
    for one, other in [(0, 1), (5, 90), (17, 18)]:
        assert apart[one, other] == pytest.approx(value_difference(X, y, one, other))
    theirs = imblearn.over_sampling.SMOTEN(sampling_strategy="minority", random_state=0)
    theirs.fit_resample(X, y)
    assert theirs.nn_k_.metric == "precomputed"


def test_counts_and_levels_are_those_of_imbalanced_learn():
    X, y = words(3)
    for strategy in ("auto", "minority", {1: 80, 2: 70}):
        ours = SMOTEN(sampling_strategy=strategy, random_state=0).fit_resample(X, y)
        theirs = imblearn.over_sampling.SMOTEN(sampling_strategy=strategy, random_state=0).fit_resample(X, y)
        assert np.bincount(ours[1]).tolist() == np.bincount(theirs[1]).tolist()
        assert set(ours[0].ravel()) == set(theirs[0].ravel())


def test_ties_do_not_follow_the_alphabet():
    """Renaming categories changes nothing, where imbalanced-learn takes the first in sorted order."""
    X, y = words()
    other_names = {name: f"{len(set(X.ravel())) - i}" for i, name in enumerate(sorted(set(X.ravel())))}
    renamed = np.vectorize(other_names.get, otypes=[object])(X)
    out, _ = SMOTEN(random_state=0).fit_resample(X, y)
    out_renamed, _ = SMOTEN(random_state=0).fit_resample(renamed, y)
    assert (np.vectorize(other_names.get, otypes=[object])(out) == out_renamed).all()
    theirs, _ = imblearn.over_sampling.SMOTEN(random_state=0).fit_resample(X, y)
    theirs_renamed, _ = imblearn.over_sampling.SMOTEN(random_state=0).fit_resample(renamed, y)
    assert (np.vectorize(other_names.get, otypes=[object])(theirs) != theirs_renamed).any()


def test_numbers_and_gaps_are_categories():
    X, y = words()
    numbers = np.unique(X, return_inverse=True)[1].reshape(X.shape).astype(float)
    numbers[numbers == 2] = np.nan
    out, _ = SMOTEN(random_state=0).fit_resample(numbers, y)
    expected, _ = SMOTEN(random_state=0).fit_resample(np.where(np.isnan(numbers), 9, numbers), y)
    np.testing.assert_array_equal(np.where(np.isnan(out), 9, out), expected)
    assert np.isnan(out[len(y) :]).any()


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_tables_come_back_sparse(form):
    X, y = words()
    numbers = np.unique(X, return_inverse=True)[1].reshape(X.shape)
    expected, _ = SMOTEN(random_state=0).fit_resample(numbers, y)
    out, _ = SMOTEN(random_state=0).fit_resample(form(numbers), y)
    assert type(out) is form
    np.testing.assert_array_equal(out.toarray(), expected)


def test_frames_keep_their_categories():
    X, y = words()
    frame = pd.DataFrame(X, columns=list("abcd")).astype("category")
    frame["n"] = np.arange(len(y), dtype="int16") % 3
    out, _ = SMOTEN(random_state=0).fit_resample(frame, y)
    assert out.dtypes.equals(frame.dtypes)
    assert set(out["n"]) == {0, 1, 2}


def test_few_rows_are_said_and_encoders_refused():
    X, y = words()
    few = np.r_[np.flatnonzero(y == 0)[:9], np.flatnonzero(y == 1)[:3]]
    sampler = SMOTEN(random_state=0)
    sampler.fit_resample(X[few], y[few])
    assert sampler.note_ == "class 1: 2 neighbours instead of 5, for it has 3 rows"
    with pytest.raises(BadOption, match="'categorical_encoder' parameter of SMOTEN must be None"):
        SMOTEN(OrdinalEncoder()).fit_resample(X, y)
