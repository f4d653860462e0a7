"""Watch the recall of each class from one model release to the next, and say when one has fallen."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTarget
from steelyard.guard.detect.read_rows import need_share, read_codes
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import RandomState, child
from steelyard.metrics.clopper_pearson import LEVEL, clopper_pearson
from steelyard.metrics.visibility import items_needed

__all__ = ["ClassRecallMonitor", "RecallWatch"]

NAME = "ClassRecallMonitor"
DROP = 0.2
RUN_LENGTH = 100
SIMULATED = 400
LONGEST = 20  # times the wanted run length that a simulated run is followed


@dataclass(frozen=True)
class RecallWatch:
    """One class at one release.

    ``recall`` is that of the release on its ``n`` items, from ``low`` to ``high`` by the exact binomial
    interval; ``reference`` what it was to begin with. ``sum`` is what the cumulative sum has reached, and
    ``alarm`` whether that is at least ``threshold``.
    """

    label: Any
    n: int
    recall: float
    low: float
    high: float
    reference: float
    sum: float
    threshold: float
    alarm: bool
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON can hold them; None for what could not be told."""
        said = dataclasses.asdict(self)
        return {
            key: None if isinstance(value, float) and math.isnan(value) else value
            for key, value in said.items()
        }


class ClassRecallMonitor:
    """Sum up what each release says about the recall of each class, and alarm when it surely fell.

    A fall that one release does not show, for its rare items are few, adds up over several.

    Parameters
    ----------
    drop : float
        How much less recall is to be noticed, at least that much soonest.
    run_length : float
        Releases until the first false alarm, on average at least, over all classes together.
    level : float
        Of the intervals.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
    reference_ : ndarray of shape (k,)
        Recall of the reference release, drawn in to ``(hits + 1/2) / (items + 1)`` so that 1 is never sure.
    intervals_ : list of Estimate
        Exact intervals of the reference.
    needed_ : ndarray of int, shape (k,)
        Items of each class that would show such a fall in one release (false alarms 5 %, misses 20 %).
    threshold_ : float
        Sum at which there is an alarm.
    n_releases_ : int
        How many were told since the reference.

    Notes
    -----
    The sum of a class grows by the log likelihood ratio of its hits, for the reference recall less ``drop``
    over the reference recall, and never falls below 0 (Page's CUSUM). The threshold is
    ``log(k * run_length)``: the sum over classes of the Shiryaev-Roberts statistics grows by k a release on
    average where nothing has changed, and is at least as large as the exponential of any class's sum, so
    that the mean number of releases to the first alarm is at least ``run_length``. Recalls that got better
    make it longer.

    That holds for releases that are judged on items of their own, and where the reference is right. A rare
    class's reference is itself a guess; its interval says how wide. The same test items at every release
    make releases agree more than chance would.

    *What it cannot do.* It sees a class that fell against its own past. One that was already poisoned at the
    reference looks as it always did, and a trigger does not show on items without it.

    References
    ----------
    Page, Continuous Inspection Schemes, Biometrika 41, 1954; Pollak, Optimal Detection of a Change in
    Distribution, Annals of Statistics 13, 1985, for the bound; Clopper and Pearson, Biometrika 26, 1934.

    Examples
    --------
    >>> truth = np.repeat(["car", "truck"], [200, 40])
    >>> good, bad = truth.copy(), truth.copy()
    >>> good[200:204], bad[200:226] = "car", "car"
    >>> monitor = ClassRecallMonitor(drop=0.3).fit(truth, good)
    >>> [watch.alarm for watch in monitor.update(truth, good)]
    [False, False]
    >>> [(watch.label, watch.alarm) for watch in monitor.update(truth, bad)]
    [('car', False), ('truck', True)]
    """

    def __init__(self, *, drop: float = DROP, run_length: float = RUN_LENGTH, level: float = LEVEL) -> None:
        self.drop = drop
        self.run_length = run_length
        self.level = level

    def fit(self, y_true: Any, y_pred: Any) -> ClassRecallMonitor:
        """Take a release as the reference, and begin anew.

        Parameters
        ----------
        y_true, y_pred : array of shape (n,)
            Right and predicted labels of held-out items.
        """
        need_share(NAME, "drop", self.drop)
        need_share(NAME, "level", self.level)
        length = self.run_length
        if (
            isinstance(length, bool)
            or not isinstance(length, (int, float, np.number))
            or not 1 < length < math.inf
        ):
            raise BadOption(
                f"The 'run_length' parameter of {NAME} must be a number in the range (1, inf). "
                f"Got {length!r} instead."
            )
        self.classes_ = read_codes(y_true, NAME)[1]
        hits, items = self._hits(y_true, y_pred)
        self.reference_ = (hits + 0.5) / (items + 1)
        self.intervals_ = [
            clopper_pearson(int(hit), int(n), level=self.level) for hit, n in zip(hits, items, strict=True)
        ]
        self._fallen = self._after(self.reference_)
        self.needed_ = np.array(
            [
                items_needed(float(before), float(after))
                for before, after in zip(self.reference_, self._fallen, strict=True)
            ]
        )
        self.threshold_ = math.log(self.classes_.size * length)
        self.sums_ = np.zeros(self.classes_.size)
        self.n_releases_ = 0
        return self

    def update(self, y_true: Any, y_pred: Any) -> list[RecallWatch]:
        """Tell of another release.

        Parameters
        ----------
        y_true, y_pred : array of shape (n,)
            Right and predicted labels of held-out items, best ones that no earlier release was judged on. A
            class without items keeps its sum.

        Returns
        -------
        list of RecallWatch
            One a class, in order.

        Raises
        ------
        BadTarget
            A right label that the reference did not have.
        """
        self._need_fit()
        hits, items = self._hits(y_true, y_pred)
        self.sums_ = np.maximum(0.0, self.sums_ + self._evidence(hits, items))
        self.n_releases_ += 1
        return [self._watch(code, int(hits[code]), int(items[code])) for code in range(self.classes_.size)]

    def average_run_length(
        self, items: Any, *, recall: Any = None, n_runs: int = SIMULATED, random_state: RandomState = 0
    ) -> float:
        """Mean number of releases to the first alarm, by simulation.

        Parameters
        ----------
        items : array of int, shape (k,)
            Items of each class a release.
        recall : array of shape (k,), optional
            True recalls; the reference by default, which gives the run length to a false alarm.
        n_runs : int
            Simulated runs. One without an alarm after 20 times the wanted run length counts as that long.
        random_state : int, RandomState, Generator or None

        Returns
        -------
        float
            Releases.
        """
        self._need_fit()
        rng = child(random_state, NAME, "run length")
        n = np.broadcast_to(np.asarray(items, dtype=np.intp), self.classes_.shape)
        right = self.reference_ if recall is None else np.asarray(recall, dtype=np.float64)
        sums = np.zeros((n_runs, n.size))
        ended = np.full(n_runs, math.ceil(LONGEST * self.run_length))
        going = np.ones(n_runs, dtype=np.bool_)
        for release in range(1, int(ended[0])):
            drawn = rng.binomial(n, right, size=(int(going.sum()), n.size))
            sums[going] = np.maximum(0.0, sums[going] + self._evidence(drawn, n))
            alarmed = going & (sums.max(axis=1) >= self.threshold_)
            ended[alarmed] = release
            going &= ~alarmed
            if not going.any():
                break
        return float(ended.mean())

    def _after(self, recall: NDArray[np.float64]) -> NDArray[np.float64]:
        """Recall after the fall that is looked for; half of one that has less than that to lose."""
        return np.maximum(recall - self.drop, recall / 2)

    def _evidence(self, hits: Any, items: Any) -> NDArray[np.float64]:
        """Log likelihood ratio of hits, fallen over unchanged."""
        hit = np.log(self._fallen / self.reference_)
        miss = np.log((1 - self._fallen) / (1 - self.reference_))
        return np.asarray(hits * hit + (items - hits) * miss)

    def _hits(self, y_true: Any, y_pred: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        codes = read_codes(y_true, NAME, self.classes_)[0]
        predicted = read_class_labels(y_pred, NAME)
        if predicted.size != codes.size:
            raise BadTarget(
                f"{NAME} needs a prediction for each right label, got {codes.size} labels and "
                f"{predicted.size} predictions."
            )
        k = self.classes_.size
        right = predicted == self.classes_[codes]
        return np.bincount(codes[right], minlength=k), np.bincount(codes, minlength=k)

    def _watch(self, code: int, hits: int, n: int) -> RecallWatch:
        now = clopper_pearson(hits, n, level=self.level)
        total = float(self.sums_[code])
        notes = []
        if n < self.needed_[code]:
            notes.append(
                f"{n:,} items; it takes about {self.needed_[code]:,} to see a fall from "
                f"{self.reference_[code]:.2f} to {self._fallen[code]:.2f} in one release."
            )
        return RecallWatch(
            self.classes_.tolist()[code],
            n,
            now.mean,
            now.low,
            now.high,
            float(self.reference_[code]),
            total,
            self.threshold_,
            total >= self.threshold_,
            " ".join(notes),
        )

    def _need_fit(self) -> None:
        if not hasattr(self, "reference_"):
            raise BadOption(f"{NAME} has no reference. Call fit with a release you trust first.")
