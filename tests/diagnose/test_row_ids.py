import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose import RowIds
from tables_to_check import ask, clean_table, dataset

RNG = np.random.default_rng(0)
N = 900


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.arange(N), "counts through the file"),
        (np.arange(N)[::-1] * 7, "counts through the file"),
        (RNG.permutation(N), "is a running number"),
        ([f"C-{i}" for i in range(N)], "is a different string in every row"),
    ],
)
def test_ids_are_found(values, why):
    X, y = clean_table(N)
    finding = RowIds().check(dataset(X.assign(extra=values), y))
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "warning", ("extra",))
    assert finding.measures["ids"] == {"extra": why}


def test_a_sparse_number_is_an_id_only_by_its_name():
    X, y = clean_table(N)
    sparse = RNG.choice(10**9, N, replace=False)
    assert RowIds().check(dataset(X.assign(income=sparse), y)).outcome == "clear"
    assert RowIds().check(dataset(X.assign(claim_id=sparse), y)).columns == ("claim_id",)


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=N),  # measured
        RNG.integers(0, 400, N),  # repeats
        np.sort(RNG.normal(size=N)),  # measured and sorted
        pd.date_range("2024-01-01", periods=N),  # a time
        [f"this claim of ours has the number {i}" for i in range(N)],  # text
    ],
)
def test_other_columns_are_not(values):
    X, y = clean_table(N)
    assert RowIds().check(dataset(X.assign(extra=values), y)).outcome == "clear"


def test_limits_move_the_outcome():
    X, y = clean_table(N)
    nearly = np.arange(N)
    nearly[:45] = 5
    data = dataset(X.assign(extra=nearly), y)
    assert RowIds().check(data).outcome == "clear"
    assert RowIds(min_unique=0.9).check(data).outcome == "found"
    shuffled = dataset(X.assign(extra=3 * RNG.permutation(N)), y)
    assert RowIds().check(shuffled).outcome == "clear"
    assert RowIds(max_sparsity=3).check(shuffled).outcome == "found"
    assert RowIds(min_rows=1000).check(data).outcome == "not applicable"


def test_a_sampling_weight_is_no_id():
    assert ask(RowIds(), "adult").outcome == "clear"
