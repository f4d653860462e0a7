"""Tables that break samplers: small, named, each with one thing wrong or unusual.

Every sampler is tried on all of them; for each it either resamples or says plainly why not.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

N_COMMON, N_RARE = 60, 12


def _labels(rare: int = N_RARE, common: int = N_COMMON) -> np.ndarray:
    return np.repeat(["common", "rare"], [common, rare])


def _numbers(rows: int = N_COMMON + N_RARE) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, 4))


def one_row_class() -> tuple[Any, Any]:
    return _numbers(N_COMMON + 1), _labels(rare=1)


def fewer_rows_than_neighbours() -> tuple[Any, Any]:
    return _numbers(N_COMMON + 3), _labels(rare=3)


def all_rows_equal() -> tuple[Any, Any]:
    return np.ones((N_COMMON + N_RARE, 4)), _labels()


def rare_rows_equal() -> tuple[Any, Any]:
    X = _numbers()
    X[N_COMMON:] = X[-1]
    return X, _labels()


def many_duplicates() -> tuple[Any, Any]:
    return np.random.default_rng(0).integers(0, 2, size=(N_COMMON + N_RARE, 3)).astype(float), _labels()


def constant_column() -> tuple[Any, Any]:
    X = _numbers()
    X[:, 1] = 3.0
    return X, _labels()


def gaps() -> tuple[Any, Any]:
    X = _numbers()
    X[np.random.default_rng(1).random(X.shape) < 0.2] = np.nan
    return X, _labels()


def a_column_of_gaps_only() -> tuple[Any, Any]:
    X = _numbers()
    X[:, 2] = np.nan
    return X, _labels()


def infinity() -> tuple[Any, Any]:
    X = _numbers()
    X[[3, -1], 1] = np.inf, -np.inf
    return X, _labels()


def huge_numbers() -> tuple[Any, Any]:
    return _numbers() * 1e160, _labels()


def a_thousand_to_one() -> tuple[Any, Any]:
    return _numbers(2002), _labels(rare=2, common=2000)


def numbers_as_labels() -> tuple[Any, Any]:
    return _numbers(), (_labels() == "rare").astype(np.int8)


def single_precision() -> tuple[Any, Any]:
    return _numbers().astype(np.float32), _labels()


def small_integers() -> tuple[Any, Any]:
    return np.random.default_rng(0).integers(-128, 128, size=(N_COMMON + N_RARE, 3)).astype(
        np.int8
    ), _labels()


def booleans() -> tuple[Any, Any]:
    return _numbers() > 0, _labels()


def sparse_rows() -> tuple[Any, Any]:
    X = _numbers()
    X[np.abs(X) < 1] = 0
    return sparse.csr_matrix(X), _labels()


def sparse_columns() -> tuple[Any, Any]:
    X, y = sparse_rows()
    return sparse.csc_array(X), y


def explicit_zeros() -> tuple[Any, Any]:
    X, y = sparse_rows()
    X.data[::2] = 0.0
    return X, y


def frame_with_categories() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    n = N_COMMON + N_RARE
    frame = pd.DataFrame(
        {
            "amount": rng.normal(size=n),
            "items": rng.integers(0, 9, size=n).astype("int16"),
            "shop": pd.Categorical(rng.choice(["a", "b", "c"], size=n), categories=["a", "b", "c", "never"]),
            "city": pd.Series(rng.choice(["Graz", "Linz"], size=n), dtype="str"),
            "new": rng.random(n) < 0.5,
            "age": pd.array(rng.choice([20, 30, pd.NA], size=n), dtype="Int64"),
        },
        index=[f"r{i}" for i in range(n)],
    )
    frame.loc["r1", "shop"] = np.nan
    frame.loc["r2", "city"] = None
    return frame, pd.Series(_labels(), index=frame.index, name="kind")


def frame_of_categories_only() -> tuple[Any, Any]:
    frame, y = frame_with_categories()
    return frame[["shop", "city"]], y


def frame_with_dates() -> tuple[Any, Any]:
    frame, y = frame_with_categories()
    return frame.assign(day=pd.Timestamp("2024-01-01")), y


def many_levels() -> tuple[Any, Any]:
    n = N_COMMON + N_RARE
    return pd.DataFrame({"x": np.arange(n) / n, "id": [f"id {i}" for i in range(n)]}), _labels()


def objects_of_mixed_types() -> tuple[Any, Any]:
    X = _numbers().astype(object)
    X[:, 3] = np.where(np.arange(len(X)) % 3, "text", None)
    return X, _labels()


TROUBLE: dict[str, Callable[[], tuple[Any, Any]]] = {
    make.__name__: make
    for make in (
        one_row_class,
        fewer_rows_than_neighbours,
        all_rows_equal,
        rare_rows_equal,
        many_duplicates,
        constant_column,
        gaps,
        a_column_of_gaps_only,
        infinity,
        huge_numbers,
        a_thousand_to_one,
        numbers_as_labels,
        single_precision,
        small_integers,
        booleans,
        sparse_rows,
        sparse_columns,
        explicit_zeros,
        frame_with_categories,
        frame_of_categories_only,
        frame_with_dates,
        many_levels,
        objects_of_mixed_types,
    )
}
