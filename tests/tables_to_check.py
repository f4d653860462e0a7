"""Tables for the checks: one without faults, and a way to plant one fault in it."""

import os
from functools import cache

import numpy as np
import pandas as pd
import pytest

from steelyard.data import load
from steelyard.diagnose import Evidence
from steelyard.records import Dataset


def dataset(X, y, **more):
    """A labelled table, its task read off the labels."""
    y = np.asarray(y)
    return Dataset(X, y, task="binary" if np.unique(y).size == 2 else "multiclass", **more)


def clean_table(n=900, rare=0.25, seed=0):
    """Six columns, each of which tells a little; no fault that any check is after.

    The rare class is a shifted cloud that a model tells apart to a large part, in random order.
    """
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < rare, "rare", "usual")
    X = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    X[["a", "b", "c"]] += 1.8 * (y == "rare")[:, None]
    X["shop"] = pd.Categorical(rng.choice(["north", "south", "west"], n))
    return X, y


@cache
def real(name):
    """A packaged data set, read once."""
    return load(name, rare="keep")


def ask(check, name):
    """What a check says of a packaged data set, with the evidence that earlier tests gathered on it."""
    return check.check(real(name), _evidence(name))


@cache
def _evidence(name):
    return Evidence(real(name))


RAW = {
    "fars": ("tabular/fars/fars.parquet", "target"),
    "flights": ("tabular/flights/flights.parquet", "cancelled"),
    "coswara": ("tabular/coswara_metadata/coswara_metadata.csv", "target"),
}


def raw(name, rows=None):
    """A set as it was collected, with the columns that the catalogue leaves out because they leak."""
    folder = os.environ.get("STEELYARD_DATA")
    if not folder:
        pytest.skip(f"{name} with all its columns is not in the package; set STEELYARD_DATA to its folder")
    data = _read(name, folder)
    return (
        data if rows is None else data.take(np.random.default_rng(0).choice(len(data), rows, replace=False))
    )


@cache
def _read(name, folder):
    file, target = RAW[name]
    return load(os.path.join(folder, file), target=target, rare="keep")
