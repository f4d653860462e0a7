"""Folds that keep classes in proportion, groups whole and the future out of the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.split_random import group_folds, stratified_folds
from steelyard.evaluate.split_time import expanding_folds
from steelyard.kernels.rng import RandomState, int_seed, root_seed
from steelyard.records import Dataset

__all__ = ["Fold", "Splitter", "auto_repeats", "make_splitter"]

FEWEST_FOLDS = 3  # rather than fewer, a class too rare for them stays in training
FEWEST_CLASSES = 2
REPEATS_BY_WORK = ((1_500, 3), (12_000, 2))  # rows times classes up to which a table is repeated
TEST_PARTS = ("test",)
TRAIN_PARTS = ("train", "dev", "valid", "validation", "val")

SplitKind = Literal["stratified", "whole groups", "expanding window", "official parts"]


@dataclass(frozen=True, eq=False)
class Fold:
    """One pair of training and test rows, both sorted; ``number`` counts over all repeats."""

    repeat: int
    fold: int
    number: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Splitter:
    """All pairs of training and test rows of a comparison, made before anything is fitted.

    Has the face of a scikit-learn splitter, so ``cross_val_score(..., cv=splitter)`` works; the rows
    must be those it was made for.

    Attributes
    ----------
    kind : str
        "stratified", "whole groups", "expanding window" or "official parts".
    folds : tuple of Fold
        Complete repeats, one after the other.
    n_folds, n_repeats : int
    not_evaluated : tuple of labels
        Classes too rare to be tested; they stay in training.
    notes : tuple of str
        What differs from what was asked for, in sentences.
    """

    kind: SplitKind
    folds: tuple[Fold, ...]
    n_folds: int
    n_repeats: int
    not_evaluated: tuple[Any, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    def split(self, X: Any = None, y: Any = None, groups: Any = None) -> Iterator[tuple[Any, Any]]:
        """Yield (train, test) positions, as scikit-learn does."""
        for fold in self.folds:
            yield fold.train, fold.test

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of pairs."""
        return len(self.folds)

    @property
    def ratio(self) -> float:
        """Mean of rows tested over rows trained on."""
        return float(np.mean([fold.test.size / fold.train.size for fold in self.folds]))


def auto_repeats(n_rows: int, n_classes: int = 2) -> int:
    """Repeats worth their time: three for small tables, one for large ones.

    The fewer the rows, the more the split itself moves the figures, and the cheaper a repeat is.

    Examples
    --------
    >>> auto_repeats(500), auto_repeats(5_000), auto_repeats(100_000)
    (3, 2, 1)
    """
    work = n_rows * n_classes
    return next((repeats for limit, repeats in REPEATS_BY_WORK if work <= limit), 1)


def _testable(codes: NDArray[np.intp], units: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows, or groups, that each class is spread over."""
    pairs = np.unique(np.column_stack([codes, units]), axis=0)
    return np.bincount(pairs[:, 0], minlength=int(codes.max()) + 1)


def _fit_folds(asked: int, spread: NDArray[np.intp], unit: str) -> tuple[int, NDArray[np.bool_], list[str]]:
    """Folds that every class can fill, and the classes that none could."""
    fewest = min(asked, FEWEST_FOLDS)
    tested = spread >= fewest
    if tested.sum() < FEWEST_CLASSES:
        raise CannotEvaluate(
            f"Evaluation needs at least {FEWEST_CLASSES} classes with {fewest} {unit} each; the classes "
            f"have {sorted(spread.tolist())}. Collect more, or drop or merge the rare classes."
        )
    folds = min(asked, int(spread[tested].min()))
    notes = []
    if folds < asked:
        notes.append(f"{folds} folds instead of {asked}: the rarest class that is tested has {folds} {unit}.")
    return folds, tested, notes


def _not_evaluated_note(labels: tuple[Any, ...], unit: str) -> str:
    names = ", ".join(str(label) for label in labels)
    return f"Too few {unit} to be evaluated, kept in training only: {names}."


def _official(dataset: Dataset) -> Splitter:
    """The one pair that the column of official parts gives."""
    parts = np.char.lower(np.asarray(dataset.part).astype(str))
    test, train = np.isin(parts, TEST_PARTS), np.isin(parts, TRAIN_PARTS)
    if not test.any() or not train.any():
        raise CannotEvaluate(
            "The official split needs rows marked 'train' and rows marked 'test'. "
            f"Got {sorted(set(parts.tolist()))} instead. Leave out use_part to cross-validate."
        )
    missing = sorted(set(dataset.y[test].tolist()) - set(dataset.y[train].tolist()), key=str)
    if missing:
        raise CannotEvaluate(f"Classes {missing} are in the test part only. Leave out use_part.")
    fold = Fold(0, 0, 0, np.flatnonzero(train), np.flatnonzero(test))
    untested = tuple(sorted(set(dataset.y.tolist()) - set(dataset.y[test].tolist()), key=str))
    notes = (_not_evaluated_note(untested, "rows"),) if untested else ()
    return Splitter("official parts", (fold,), 1, 1, untested, notes)


def _in_time(dataset: Dataset, codes: NDArray[np.intp], folds: int, repeats: int | None) -> Splitter:
    pairs, tested, notes = expanding_folds(np.asarray(dataset.time), codes, dataset.groups, folds)
    if repeats is not None and repeats > 1:
        notes.append("One repeat only: time can be split in one way.")
    left_out = tuple(dataset.classes[~tested].tolist())
    if left_out:
        notes.append(_not_evaluated_note(left_out, "early rows"))
    made = tuple(Fold(0, i, i, train, test) for i, (train, test) in enumerate(pairs))
    return Splitter("expanding window", made, len(made), 1, left_out, tuple(notes))


def make_splitter(
    dataset: Dataset,
    folds: int = 5,
    repeats: int | None = None,
    random_state: RandomState = 0,
    *,
    use_part: bool = False,
) -> Splitter:
    """Make the folds that suit a data set: by class, by group, or forwards in time.

    Parameters
    ----------
    dataset : Dataset
    folds : int
        Fewer are made when a class has fewer rows (or groups), but not fewer than 3: a class that
        cannot fill them stays in training and is not evaluated.
    repeats : int, optional
        By the size of the table when None (`auto_repeats`); always one with time.
    random_state : int, RandomState, Generator or None
    use_part : bool
        Use the official train and test parts instead.

    Returns
    -------
    Splitter

    Raises
    ------
    CannotEvaluate
        Fewer than two classes can be tested.

    Examples
    --------
    >>> data = Dataset(np.zeros((20, 1)), np.array(["ok"] * 16 + ["fraud"] * 4))
    >>> splitter = make_splitter(data, folds=5, repeats=1)
    >>> splitter.kind, splitter.n_folds, splitter.notes[0][:19]
    ('stratified', 4, '4 folds instead of ')
    """
    if use_part:
        if dataset.part is None:
            raise CannotEvaluate("use_part needs a column of official parts, and this data set has none.")
        return _official(dataset)
    classes, codes = np.unique(dataset.y, return_inverse=True)
    if classes.size < FEWEST_CLASSES:
        raise CannotEvaluate(f"Evaluation needs at least 2 classes, got {classes.size}. Check the target.")
    if dataset.time is not None:
        return _in_time(dataset, codes, folds, repeats)
    times = auto_repeats(len(dataset), classes.size) if repeats is None else repeats
    grouped = dataset.groups is not None
    units = np.arange(len(dataset))
    if grouped:
        units = np.unique(np.asarray(dataset.groups).astype(str), return_inverse=True)[1]
    unit = "groups" if grouped else "rows"
    n_folds, tested, notes = _fit_folds(folds, _testable(codes, units), unit)
    left_out = tuple(classes[~tested].tolist())
    if left_out:
        notes.append(_not_evaluated_note(left_out, unit))
    seed = root_seed(random_state)
    made: list[Fold] = []
    for repeat in range(times):
        if grouped:
            pairs = group_folds(codes, units, tested, n_folds, (seed, "split", repeat))
        else:
            pairs = stratified_folds(codes, tested, n_folds, int_seed(seed, "split", repeat))
        made += [Fold(repeat, i, repeat * n_folds + i, a, b) for i, (a, b) in enumerate(pairs)]
    return Splitter(
        "whole groups" if grouped else "stratified", tuple(made), n_folds, times, left_out, tuple(notes)
    )
