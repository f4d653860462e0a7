import imblearn.over_sampling
import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import OneHotEncoder

from steelyard.balance import SMOTE
from steelyard.balance.over.smotenc import SMOTENC
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample


def mixed(n_common=60, n_rare=20, levels=3):
    rng = np.random.default_rng(0)
    n = n_common + n_rare
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    for name in "ab":
        frame[name] = pd.Categorical(rng.integers(levels, size=n))
    return frame, np.repeat(["common", "rare"], [n_common, n_rare])


def test_it_is_smote_with_the_categories_named():
    frame, y = mixed()
    one, _ = SMOTENC(["a", "b"], k_neighbors=3, random_state=0).fit_resample(frame, y)
    other, _ = SMOTE(k_neighbors=3, random_state=0).fit_resample(frame, y)
    pd.testing.assert_frame_equal(one, other)


def test_an_array_of_objects_gives_what_a_frame_gives():
    frame, y = mixed()
    expected, _ = SMOTENC([2, 3], random_state=0).fit_resample(frame, y)
    found, _ = SMOTENC([2, 3], random_state=0).fit_resample(frame.to_numpy(dtype=object), y)
    assert found.dtype == object
    assert found.tolist() == expected.to_numpy(dtype=object).tolist()


def test_counts_on_a_real_table_are_those_of_imbalanced_learn():
    data = load("abalone", rare="drop")
    rng = np.random.default_rng(0)
    rows = rng.choice(len(data.y), 300, replace=False)
    X, y = data.X.iloc[rows].reset_index(drop=True), np.asarray(data.y)[rows]
    y = np.where(y == pd.Series(y).mode()[0], "most", "other")
    category = [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]
    ours = SMOTENC(category, random_state=0).fit_resample(X, y)
    theirs = imblearn.over_sampling.SMOTENC(category, random_state=0).fit_resample(X, y)
    assert sorted(ours[1]) == sorted(theirs[1])
    assert set(ours[0][category[0]]) == set(theirs[0][category[0]])


def test_every_row_of_a_column_may_have_a_level_of_its_own():
    frame, y = mixed(2000, 100)
    frame["id"] = [f"id {i}" for i in range(2100)]
    sampler = SMOTENC(["a", "b", "id"], random_state=0)
    out, _ = sampler.fit_resample(frame, y)
    assert out["id"].nunique() == 2100
    # Nobody agrees on such a column, so the nearest neighbour's value is taken.
    new = np.flatnonzero(sampler.origin_ < 0)
    assert set(out["id"].iloc[new]) <= set(frame["id"].iloc[2000:])


def test_tables_of_one_kind_are_refused():
    frame, y = mixed()
    with pytest.raises(
        CannotResample, match=r"not designed to work only with categorical features.*Use SMOTEN"
    ):
        SMOTENC([0, 1]).fit_resample(frame[["a", "b"]], y)
    with pytest.raises(CannotResample, match=r"not designed to work only with numerical features.*Use SMOTE"):
        SMOTENC("auto").fit_resample(frame[["x", "z"]], y)


def test_categorical_features_are_required_and_encoders_refused():
    frame, y = mixed()
    with pytest.raises(TypeError, match="categorical_features"):
        SMOTENC()
    with pytest.raises(BadOption, match="'categorical_encoder' parameter of SMOTENC must be None"):
        SMOTENC([2, 3], categorical_encoder=OneHotEncoder()).fit_resample(frame, y)
