"""The grid is the one boosting makes itself, and weights no longer change where it may split."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from steelyard.learn import QuantileGrid


def table(n=900):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=n), "few": rng.integers(0, 9, n).astype(float)})
    frame.loc[::7, "x"] = np.nan
    frame["level"] = pd.Categorical(rng.choice(["u", "v"], n))
    y = (np.nan_to_num(frame["x"].to_numpy()) + rng.normal(size=n) > 1.5).astype(int)
    return frame, y


def test_boosting_makes_the_same_of_the_grid_as_of_the_values():
    X, y = table()
    model = HistGradientBoostingClassifier(max_iter=20, categorical_features="from_dtype", random_state=0)
    plain = model.fit(X, y).predict_proba(X)
    gridded = QuantileGrid().fit_transform(X)
    np.testing.assert_allclose(model.fit(gridded, y).predict_proba(gridded), plain)


def test_bins_against_a_plain_loop():
    X, _ = table()
    grid = QuantileGrid(bins=10).fit(X)
    edges = grid.edges_["x"]
    assert edges.size == 9
    for value, found in zip(X["x"], grid.transform(X)["x"], strict=True):
        if np.isnan(value):
            assert np.isnan(found)
        else:
            assert found == sum(edge < value for edge in edges)


def test_columns_of_few_values_and_levels_pass_as_they_are():
    X, _ = table()
    gridded = QuantileGrid().fit_transform(X)
    pd.testing.assert_frame_equal(gridded[["few", "level"]], X[["few", "level"]])
    assert gridded["x"].nunique() <= 255
