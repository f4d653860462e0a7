"""Rows to learn from and to test on, as the recipes about long tails of labels use them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import StandardScaler

from steelyard.data import load
from steelyard.data.long_tail import long_tail_rows
from steelyard.kernels.rng import child
from steelyard.recipes.machinery.two_parts import TwoParts

__all__ = [
    "BEATS",
    "BLOCKS",
    "CIFAR",
    "LARGEST",
    "MIXTURE",
    "OFFICIAL",
    "SATIMAGE",
    "YEAST",
    "bayes_rule",
    "rows_of",
]

MIXTURE, CIFAR, BEATS = "Gaussian mixture", "CIFAR-10-LT, 16 x 16", "heart beats, new patients"
SATIMAGE, BLOCKS, YEAST, KNOWN = "satimage, tail 50", "page-blocks", "yeast", "known answer"
OFFICIAL = tuple(f"CIFAR-{k}-LT, {ratio}" for k in (10, 100) for ratio in (10, 50, 100))
TEST_SHARE, IMPOSED = {SATIMAGE: 1 / 3, BLOCKS: 0.5, YEAST: 0.5}, 50
CLASSES, COLUMNS, RATIO, TESTED, SPREAD, LARGEST = 10, 20, 100, 1000, 0.75, 5000  # of the mixture
FEWEST = 100  # beats of a kind
POOLED = 2  # pixels of each side become one


def gaussian_mixture(seed: int, largest: int = LARGEST) -> TwoParts:
    """Ten round classes in twenty dimensions with an exponential tail, tested on equal shares."""
    rng = child(seed, "mixture")
    means = rng.normal(0, SPREAD, (CLASSES, COLUMNS))
    counts = np.floor(largest * RATIO ** (-np.arange(CLASSES) / (CLASSES - 1))).astype(int)
    y, y_test = np.repeat(np.arange(CLASSES), counts), np.repeat(np.arange(CLASSES), TESTED)
    X, X_test = (means[codes] + rng.normal(size=(codes.size, COLUMNS)) for codes in (y, y_test))
    return TwoParts(X.astype(np.float32), y, X_test.astype(np.float32), y_test)


def bayes_rule(rows: TwoParts, seed: int) -> Any:
    """Probabilities of the mixture's classes under equal shares, from its true means."""
    means = child(seed, "mixture").normal(0, SPREAD, (CLASSES, COLUMNS))
    return softmax(-np.square(rows.X_test[:, None] - means).sum(axis=2) / 2, axis=1)


def with_parts(name: str) -> TwoParts:
    """A data set that comes with a part to train on and one to test on."""
    data = load(name)
    codes = np.unique(np.asarray(data.y), return_inverse=True)[1]
    train = np.asarray(data.part) == "train"
    return TwoParts(data.X[train], codes[train], data.X[~train], codes[~train])


@cache
def small_images() -> TwoParts:
    """CIFAR-10-LT with the mean of every 2 x 2 pixels."""
    rows = with_parts("image/cifar10_lt")

    def pooled(X: Any) -> Any:
        n, c, h, w = X.shape
        cells = X.reshape(n, c, h // POOLED, POOLED, w // POOLED, POOLED)
        return cells.mean(axis=(3, 5)).round().astype(np.uint8)

    return TwoParts(pooled(rows.X), rows.y, pooled(rows.X_test), rows.y_test)


def official_images(name: str, seed: int) -> TwoParts:
    """CIFAR in its official format, with a tail made of its training part."""
    kind, ratio = name.removesuffix("-LT").split(", ")[0].lower(), int(name.split(", ")[1])
    rows = with_parts(f"image/{kind.replace('-lt', '').replace('-', '')}")
    kept = long_tail_rows(rows.y, ratio, order=range(rows.y.max() + 1), random_state=seed)
    return TwoParts(rows.X[kept], rows.y[kept], rows.X_test, rows.y_test)


def beats() -> TwoParts:
    """Beats as columns; no patient stands on both sides. The ten that nobody could name are left out."""
    rows = with_parts("series/mitbih_beats")
    named = [np.bincount(rows.y)[y] >= FEWEST for y in (rows.y, rows.y_test)]
    X, X_test = (
        X[kept].reshape(kept.sum(), -1) for X, kept in zip((rows.X, rows.X_test), named, strict=True)
    )
    codes = [
        np.unique(y[kept], return_inverse=True)[1]
        for y, kept in zip((rows.y, rows.y_test), named, strict=True)
    ]
    return standardised(TwoParts(X, codes[0], X_test, codes[1]))


def table(name: str, seed: int) -> TwoParts:
    """A table split by lot with equal shares of each class on both sides, its training part cut to a tail."""
    data = load(name.split(",")[0])
    X, y = data.X.to_numpy(np.float64), np.unique(np.asarray(data.y), return_inverse=True)[1]
    split = StratifiedShuffleSplit(1, test_size=TEST_SHARE[name], random_state=seed)
    train, test = next(split.split(X, y))
    if name == SATIMAGE:
        train = train[long_tail_rows(y[train], IMPOSED, random_state=seed)]
    return standardised(TwoParts(X[train], y[train], X[test], y[test]))


def standardised(rows: TwoParts) -> TwoParts:
    """Columns of mean 0 and deviation 1 on the rows to learn from."""
    scaler = StandardScaler().fit(rows.X)
    return TwoParts(
        scaler.transform(rows.X).astype(np.float32),
        rows.y,
        scaler.transform(rows.X_test).astype(np.float32),
        rows.y_test,
    )


def rows_of(name: str, seed: int, *, largest: int = LARGEST) -> TwoParts:
    """The rows of a data set under a seed; ``largest`` is the largest class of the mixture."""
    if name == MIXTURE:
        return gaussian_mixture(seed, largest)
    if name in OFFICIAL:
        return official_images(name, seed)
    if name in (CIFAR, BEATS):
        return small_images() if name == CIFAR else beats()
    return table(name, seed)
