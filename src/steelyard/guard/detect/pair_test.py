"""Whether more rows of one class look like another one than honest mistakes explain, pair by pair."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect.read_rows import FEW_ROWS, need_share, quoted, read_codes, read_proba
from steelyard.guard.detect.suspects import Suspects, rank_suspects
from steelyard.kernels.confident_joint import confident_classes, confident_thresholds
from steelyard.kernels.holm import holm

__all__ = ["Pair", "PairTest", "pair_test"]

NAME = "pair_test"
ALPHA = 0.05

Against = Literal["trusted", "background", "mirror"]
Counts = NDArray[np.intp]


@dataclass(frozen=True)
class Pair:
    """One ordered pair: rows that look like ``looks`` and are labelled ``given``.

    ``observed`` of them were counted and ``expected`` are what honest labels would give; ``p_value`` is one
    sided, ``p_corrected`` after Holm's correction for all tested pairs, ``found`` whether that is at most
    alpha.
    """

    looks: Any
    given: Any
    observed: int
    expected: float
    p_value: float
    p_corrected: float
    found: bool


@dataclass(frozen=True, eq=False)
class PairTest:
    """The tested pairs, smallest p-value first, and the rows of those that were found.

    ``against`` says what was compared with, ``note`` what could not be tested and why.
    """

    pairs: tuple[Pair, ...]
    suspects: Suspects
    against: Against
    alpha: float
    note: str = ""

    @property
    def found(self) -> tuple[Pair, ...]:
        """The pairs with more rows than honest labels explain."""
        return tuple(pair for pair in self.pairs if pair.found)

    def to_dict(self) -> dict[str, Any]:
        """Return the test as lists, numbers and strings that JSON can hold."""
        return {
            "against": self.against,
            "alpha": self.alpha,
            "note": self.note,
            "pairs": [dataclasses.asdict(pair) for pair in self.pairs],
        }


def pair_test(
    y: Any,
    proba: Any,
    *,
    classes: Any = None,
    trusted: Any = None,
    background: float | None = None,
    alpha: float = ALPHA,
) -> PairTest:
    """Test each ordered pair of classes for a targeted flip from the one to the other.

    A row looks like class t when a model that has not seen it gives t at least the probability that it
    gives, on average, to rows labelled t, and no other class that reaches its bar more.

    Parameters
    ----------
    y : array of shape (n,)
        Given labels.
    proba : array of shape (n, k)
        Probabilities out of fold. A row of NaN is not counted.
    classes : array of shape (k,), optional
        What the columns are; the sorted labels by default.
    trusted : array of bool, shape (n,), optional
        Rows whose labels somebody has checked, and mended where they were wrong. They must be drawn
        by lot from the rows of each class: rows chosen for being easy or doubtful spoil the test.
    background : float, optional
        Share of the rows that look like a class which may honestly carry any one other label.
    alpha : float
        Chance of finding any pair where all labels are honest.

    Returns
    -------
    PairTest

    Raises
    ------
    BadOption
        ``trusted`` and ``background`` are both given, or a number is out of range.
    BadTable, BadTarget

    Notes
    -----
    Rows labelled a that look like t are compared with

    * the same count among ``trusted`` rows labelled a (Fisher's exact test). It holds its level whatever the
      model is worth, for honest labels make both lots draws of one kind;
    * a share of the rows that look like t (exact binomial), which holds its level where honest labels
      contradict the model no more often than ``background``;
    * the mirror image, rows labelled t that look like a (exact binomial, as many each way), when neither
      is given. Its premise is that honest labels mislead at most as often this way as the other. A model
      misses rare rows rather than inventing them, so only pairs whose t is at most as frequent as a are
      tested, from ten rows of t on, and labels moved from a frequent class to a rare one are not seen. The
      premise fails in some honest tables: take what it finds as a question.

    The bars and the looks are the confident joint's. That the pair is tested rather than the row, the three
    comparisons and the correction are ours.

    *What it cannot do.* What a class looks like is learned from the rows that still carry its label: when all
    of them were moved, or a flexible model has learned the wrong labels by heart, nothing is counted.
    Overlapping classes and careless labelling can look like an attack, to the mirror most of all. About half
    of the rows of a pair lie below the bar: the test finds the pair, not each of its rows.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning, Journal of Artificial Intelligence Research 70, 2021, for
    the confident joint; Fisher, Statistical Methods for Research Workers, 1934.

    Examples
    --------
    >>> y = np.repeat(["car", "truck"], [60, 30])
    >>> proba = np.where((y == "car")[:, None], [[0.9, 0.1]], [[0.2, 0.8]])
    >>> y[60:70] = "car"
    >>> test = pair_test(y, proba)
    >>> [(pair.looks, pair.given, pair.observed, pair.found) for pair in test.pairs]
    [('truck', 'car', 10, True)]
    """
    alpha = need_share(NAME, "alpha", alpha)
    if trusted is not None and background is not None:
        raise BadOption(f"{NAME} compares with trusted rows or with a background share, got both. Give one.")
    codes, names = read_codes(y, NAME, classes)
    table = read_proba(proba, codes, names, NAME)
    told = ~np.isnan(table).any(axis=1)
    looks = np.full(codes.size, -1, dtype=np.intp)
    looks[told] = confident_classes(table[told], confident_thresholds(codes[told], table[told]))
    counts = np.bincount(codes[told], minlength=names.size)
    if trusted is not None:
        against: Against = "trusted"
        tested, notes = _by_trusted(codes, looks, counts, told, _mask(trusted, codes.size), names, alpha)
    elif background is not None:
        against = "background"
        tested = _by_background(_joint(codes, looks, names.size), need_share(NAME, "background", background))
        notes = []
    else:
        against = "mirror"
        tested, notes = _by_mirror(_joint(codes, looks, names.size), counts, names)
    return _report(tested, notes, against, alpha, (codes, looks, table, names))


Tested = list[tuple[int, int, int, float, float]]  # looks, given, observed, expected, p


def _mask(trusted: Any, n_rows: int) -> NDArray[np.bool_]:
    mask = np.asarray(trusted)
    if mask.shape != (n_rows,) or mask.dtype != np.bool_:
        raise BadTable(
            f"{NAME} needs trusted rows as {n_rows} values of True and False. Got {mask.dtype} of shape "
            f"{mask.shape} instead."
        )
    return mask


def _joint(codes: Counts, looks: Counts, k: int) -> Counts:
    """Rows by given label and by the class they look like."""
    sure = looks >= 0
    return np.bincount(codes[sure] * k + looks[sure], minlength=k * k).reshape(k, k)


def _pairs(k: int) -> list[tuple[int, int]]:
    return [(right, given) for right in range(k) for given in range(k) if right != given]


def _by_trusted(
    codes: Counts,
    looks: Counts,
    counts: Counts,
    told: NDArray[np.bool_],
    trusted: NDArray[np.bool_],
    names: NDArray[Any],
    alpha: float,
) -> tuple[Tested, list[str]]:
    k = names.size
    sample = np.bincount(codes[told & trusted], minlength=k)
    seen, all_ = (_joint(codes[part], looks[part], k) for part in (trusted, told))
    tested: Tested = []
    usable = (sample > 0) & (sample < counts)
    for right, given in _pairs(k):
        if usable[given] and counts[right]:
            total, rest = int(all_[given, right]), int(counts[given] - sample[given])
            observed = total - int(seen[given, right])
            p = float(stats.hypergeom.sf(observed - 1, counts[given], total, rest))
            tested.append((right, given, observed, rest * float(seen[given, right] / sample[given]), p))
    notes = []
    if not usable.all():
        notes.append(f"Not tested, no trusted rows or nothing but them: {quoted(names, ~usable)}.")
    # With none among n trusted rows, flips that are a share s of the rows hide with chance (1 - s)^n.
    least = [
        f"{1 - (alpha / max(1, len(tested))) ** (1 / sample[given]):.1%} of {names.tolist()[given]!r}"
        for given in np.flatnonzero(usable).tolist()
    ]
    if least:
        notes.append(f"So few trusted rows show flips only from about this share on: {', '.join(least)}.")
    return tested, notes


def _by_background(joint: Counts, background: float) -> Tested:
    tested: Tested = []
    for right, given in _pairs(len(joint)):
        n, observed = int(joint[:, right].sum()), int(joint[given, right])
        p = float(stats.binom.sf(observed - 1, n, background))
        tested.append((right, given, observed, n * background, p))
    return tested


def _by_mirror(joint: Counts, counts: Counts, names: NDArray[Any]) -> tuple[Tested, list[str]]:
    tested: Tested = []
    for right, given in _pairs(len(joint)):
        if FEW_ROWS <= counts[right] <= counts[given]:
            observed, mirrored = int(joint[given, right]), int(joint[right, given])
            p = float(stats.binom.sf(observed - 1, observed + mirrored, 0.5))
            tested.append((right, given, observed, float(mirrored), p))
    lost = (np.diagonal(joint) == 0) & (counts > 0)
    notes = ["Without trusted rows honest overlap and flips cannot be told apart for certain."]
    few = (counts > 0) & (counts < FEW_ROWS)
    if few.any():
        notes.append(f"Too few rows to say what these classes look like: {quoted(names, few)}.")
    if lost.any():
        notes.append(f"No row looks like its own label, so nothing can be counted: {quoted(names, lost)}.")
    return tested, notes


def _report(
    tested: Tested,
    notes: list[str],
    against: Against,
    alpha: float,
    rows: tuple[Counts, Counts, NDArray[np.float64], NDArray[Any]],
) -> PairTest:
    codes, looks, table, names = rows
    labels = names.tolist()
    corrected = holm([p for *_, p in tested]) if tested else np.empty(0)
    pairs = [
        Pair(labels[right], labels[given], observed, expected, p, float(level), bool(level <= alpha))
        for (right, given, observed, expected, p), level in zip(tested, corrected, strict=True)
    ]
    of = {(right, given): pair for (right, given, *_), pair in zip(tested, pairs, strict=True)}
    own = table[np.arange(codes.size), codes]
    look = np.where(looks >= 0, looks, codes)
    other = table[np.arange(codes.size), look]
    every = np.where(look == codes, 0.0, other / np.maximum(own + other, np.finfo(np.float64).tiny))
    every = np.where(np.isnan(own), np.nan, every)
    hit = np.array(
        [(t, a) in of and of[t, a].found for t, a in zip(look.tolist(), codes.tolist(), strict=True)],
        dtype=np.bool_,
    )

    def say(row: int) -> str:
        pair = of[int(look[row]), int(codes[row])]
        return (
            f"one of {pair.observed:,} rows labelled {pair.given!r} that look like {pair.looks!r}, "
            f"{pair.expected:.1f} expected (p = {pair.p_corrected:.2g})"
        )

    suspects = rank_suspects(NAME, hit, every, codes, look, names, say, notes)
    in_order = sorted(pairs, key=lambda pair: (pair.p_value, -pair.observed + math.floor(pair.expected)))
    return PairTest(tuple(in_order), suspects, against, alpha, " ".join(notes))
