"""Sets part of a data set aside, keeping classes in proportion, groups whole and the future apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import CannotEvaluate
from steelyard.kernels.rng import RandomState, child
from steelyard.records import Dataset

__all__ = ["Holdout", "split"]

FEWEST_CLASSES = 2


@dataclass(frozen=True, eq=False)
class Holdout:
    """Two parts of a data set and the sentence that says how they were kept apart.

    Unpacks into two: ``train, test = split(dataset)``. ``train_rows`` and ``test_rows`` are their
    positions in the data set that was split.
    """

    train: Dataset
    test: Dataset
    sentence: str
    train_rows: NDArray[np.intp]
    test_rows: NDArray[np.intp]

    def __iter__(self) -> Iterator[Dataset]:
        return iter((self.train, self.test))


def split(dataset: Dataset, test_size: float = 0.3, random_state: RandomState = 0) -> Holdout:
    """Set part of a data set aside, keeping classes in proportion, groups whole and the future apart.

    Parameters
    ----------
    dataset : Dataset
    test_size : float
        Share of the rows, in (0, 1); only roughly kept when whole groups are moved.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    Holdout
        Unpacks into train and test; ``sentence`` says how they were kept apart.

    Raises
    ------
    CannotEvaluate
        ``test_size`` is not a share, or a part would lack a class that can be tested.

    Examples
    --------
    >>> data = Dataset(np.zeros((20, 1)), np.array(["ok"] * 10 + ["fraud"] * 10))
    >>> train, test = split(data, test_size=0.2)
    >>> test.counts
    {'fraud': 2, 'ok': 2}
    """
    if not 0 < test_size < 1:
        raise CannotEvaluate(f"test_size must be a share between 0 and 1. Got {test_size} instead.")
    codes = np.unique(dataset.y, return_inverse=True)[1]
    if dataset.time is not None:
        train, test, sentence = _last_rows(dataset, test_size)
    else:
        units = np.arange(len(dataset))
        sentence = "Rows were drawn at random, in proportion to the classes."
        if dataset.groups is not None:
            units = np.unique(np.asarray(dataset.groups).astype(str), return_inverse=True)[1]
            sentence = "Whole groups were drawn: no group is in both parts."
        inside = _draw_units(codes, units, test_size, child(random_state, "holdout"))
        train, test = np.flatnonzero(~inside), np.flatnonzero(inside)
    if np.unique(codes[train]).size < FEWEST_CLASSES or np.unique(codes[test]).size < FEWEST_CLASSES:
        raise CannotEvaluate(
            f"A test part of {test_size:.0%} would leave one part with a single class; the classes have "
            f"{dataset.counts} rows. Choose another test_size, or collect more rows."
        )
    return Holdout(dataset.take(train), dataset.take(test), sentence, train, test)


def _last_rows(dataset: Dataset, test_size: float) -> tuple[NDArray[np.intp], NDArray[np.intp], str]:
    """The latest times as test; rows of groups that are tested leave training."""
    time = np.asarray(dataset.time)
    border = np.sort(time)[int(np.floor(time.size * (1 - test_size)))]
    later = time >= border
    sentence = f"The test part is everything from {border} on; training is what came before."
    earlier = ~later
    if dataset.groups is not None:
        groups = np.asarray(dataset.groups)
        mixed = earlier & np.isin(groups, np.unique(groups[later]))
        earlier &= ~mixed
        sentence += f" {int(mixed.sum())} earlier rows of tested groups were left out."
    return np.flatnonzero(earlier), np.flatnonzero(later), sentence


def _draw_units(
    codes: NDArray[np.intp], units: NDArray[np.intp], test_size: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Mark test rows: whole units, those of the rarest class first, until each class has its share."""
    counts = np.bincount(codes)
    wanted = np.round(counts * test_size)
    rarest = np.full(int(units.max()) + 1, -1, dtype=np.intp)
    by_count = np.argsort(-counts, kind="stable")
    for code in by_count:  # the last write, by the rarest class, stays
        rarest[units[codes == code]] = code
    marked = np.zeros(rarest.size, dtype=bool)
    taken = np.zeros(counts.size)
    inside = np.zeros((rarest.size, counts.size))
    np.add.at(inside, (units, codes), 1.0)
    for code in by_count[::-1]:
        for unit in rng.permutation(np.flatnonzero(rarest == code)):
            if taken[code] >= wanted[code]:
                break
            marked[unit] = True
            taken += inside[unit]
    return marked[units]
