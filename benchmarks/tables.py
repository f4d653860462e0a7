"""Synthetic tables for measuring time and memory; nothing is learned from them about methods."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sklearn.datasets import make_classification

RARE_SHARE = 0.01
LABEL_NOISE = 0.002


def synthetic(n_rows: int, n_columns: int = 30, random_state: int = 0) -> pd.DataFrame:
    """A numeric two-class table, one row in a hundred rare, with overlap and a little label noise."""
    X, y = make_classification(
        n_rows,
        n_columns,
        n_informative=10,
        n_redundant=5,
        n_clusters_per_class=4,
        weights=[1 - RARE_SHARE],
        flip_y=LABEL_NOISE,
        class_sep=0.8,
        random_state=random_state,
    )
    frame = pd.DataFrame(X, columns=[f"x{i:02d}" for i in range(n_columns)])
    frame["target"] = pd.Series(y).map({0: "common", 1: "rare"})
    return frame


def write_synthetic(folder: Path, n_rows: int) -> Path:
    """Write the table of ``n_rows`` as Parquet and return its path."""
    path = folder / f"synthetic_{n_rows}.parquet"
    synthetic(n_rows).to_parquet(path)
    return path
