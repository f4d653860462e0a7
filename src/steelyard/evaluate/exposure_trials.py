"""The parts of an exposure: which classes, which rows, and what models fitted on flipped labels say."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from steelyard.decide import Decided
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate.held_out import Said
from steelyard.evaluate.holdout import Holdout
from steelyard.kernels.out_of_fold import aligned_proba
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import child
from steelyard.records import Dataset

__all__ = ["Runner", "Trial", "capped", "choose_classes", "confused_with"]

FEWEST_ROWS = 8  # of a class: fewer leave nothing to flip a share of, or nothing to test
FEWEST_IN_TRAINING, FEWEST_IN_TEST = 2, 1
KEPT_OF_A_CLASS = 30  # rows of a rare class that a cap on rows never takes away
THREADS = 1  # sums over several threads differ in their last digits


@dataclass(frozen=True, eq=False)
class Trial:
    """One split with what the clean model said of its test rows."""

    parts: Holdout
    said: Said
    seed: int


def capped(dataset: Dataset, max_rows: int | None, random_state: int) -> Dataset:
    """The data set, or rows of it in proportion to the classes."""
    if max_rows is None or len(dataset) <= max_rows:
        return dataset
    kept = []
    for label, count in dataset.counts.items():
        own = np.flatnonzero(dataset.y == label)
        keep = min(count, max(KEPT_OF_A_CLASS, round(count * max_rows / len(dataset))))
        kept.append(child(random_state, "exposure rows", label).permutation(own)[:keep])
    return dataset.take(np.sort(np.concatenate(kept)))


def choose_classes(
    dataset: Dataset, parts: Sequence[Holdout], asked: int | Sequence[Any] | Mapping[Any, Any]
) -> tuple[dict[Any, Any], dict[Any, int]]:
    """Classes to attack with the class each is flipped into (None: to be found), and those too rare."""
    counts = dataset.counts

    def measurable(label: Any) -> bool:
        return counts[label] >= FEWEST_ROWS and all(
            int((part.train.y == label).sum()) >= FEWEST_IN_TRAINING
            and int((part.test.y == label).sum()) >= FEWEST_IN_TEST
            for part in parts
        )

    if isinstance(asked, int) and not isinstance(asked, bool):
        rare = list(counts)[:0:-1]
        fitting = [label for label in rare if measurable(label)][:asked]
        rarer = rare[: rare.index(fitting[-1])] if len(fitting) == asked else rare
        return dict.fromkeys(fitting), {label: counts[label] for label in rarer if label not in fitting}
    wanted = dict(asked) if isinstance(asked, Mapping) else dict.fromkeys(asked)
    for label in [*wanted, *(to for to in wanted.values() if to is not None)]:
        if label not in counts:
            raise BadOption(f"There is no class {label!r}; the classes are {list(counts)}.")
    for label, to in wanted.items():
        if label == to:
            raise BadOption(f"Labels of {label!r} cannot be flipped into {to!r}. Name another class.")
        if not measurable(label):
            raise CannotEvaluate(
                f"The class {label!r} has {counts[label]} rows; an attack needs {FEWEST_ROWS}, on both "
                "sides of every split. Collect more, or attack another class."
            )
    return wanted, {}


class Runner:
    """Fits one clone for each training part and labels, and keeps what it says of the test part."""

    def __init__(self, rule: Decided, order: NDArray[Any], jobs: int, bar: Progress) -> None:
        self.rule = rule
        self.order = order
        self.jobs = jobs
        self.bar = bar

    def __call__(self, work: Sequence[tuple[Holdout, Any]]) -> list[Said]:
        """Return what each fit says, in the order of the work."""
        said = []
        tasks = (joblib.delayed(_say)(self.rule, part, labels, self.order) for part, labels in work)
        for one in joblib.Parallel(n_jobs=self.jobs, return_as="generator")(tasks):
            said.append(one)
            self.bar.advance()
        return said


def _say(rule: Decided, part: Holdout, labels: Any, order: NDArray[Any]) -> Said:
    """Fit on a training part with these labels, and predict the test part."""
    train, test = part.train, part.test
    codes = np.searchsorted(order, test.y)
    left = np.unique(labels)
    if left.size == 1:  # every label of the other class was flipped
        decided = np.full(len(test), np.searchsorted(order, left[0]))
        proba = np.eye(order.size)[decided]
        return Said(part.test_rows, codes, proba, decided, test.weight)
    with threadpool_limits(THREADS), warnings.catch_warnings():
        # The caller fits this learner on clean labels as well, and hears its warnings there.
        warnings.simplefilter("ignore")
        fitted = clone(rule).fit(
            train.X, labels, groups=train.groups, time=train.time, sample_weight=train.weight
        )
        proba = aligned_proba(fitted, test.X, order)
        place = np.searchsorted(order, fitted.classes_)
        decided = place[np.asarray(fitted.decide(proba[:, place]), dtype=np.intp)]
    return Said(part.test_rows, codes, proba, decided, test.weight)


def confused_with(target: Any, order: NDArray[Any], trials: Sequence[Trial]) -> Any:
    """The other class with the largest mean probability on the class's test rows."""
    code = int(np.flatnonzero(order == target)[0])
    rows = np.concatenate([trial.said.proba[trial.said.y == code] for trial in trials])
    mean = rows.mean(axis=0)
    mean[code] = -np.inf
    label = order[int(mean.argmax())]
    return label.item() if hasattr(label, "item") else label
