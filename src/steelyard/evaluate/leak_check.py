"""Whether a protocol leaks: synthetic rows whose parents lie on the other side of a split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption

__all__ = ["Leak", "leak_check"]

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Leak:
    """What crosses a split of resampled rows, as positions in the sampler's output.

    ``rows`` are synthetic rows with a parent on the other side; ``copies`` kept rows that have a copy there;
    ``siblings`` synthetic rows that share a parent with a synthetic row there. ``tested`` are the synthetic
    rows of the test side, whose parents matter most.
    """

    rows: Rows
    copies: Rows
    siblings: Rows
    tested: Rows

    @property
    def found(self) -> bool:
        """Whether anything crosses."""
        return bool(self.rows.size or self.copies.size or self.siblings.size)

    @property
    def share(self) -> float:
        """Share of the tested synthetic rows that have a parent on the other side; 0 where there are none."""
        return float(np.isin(self.tested, self.rows).sum() / max(1, self.tested.size))

    def __str__(self) -> str:
        if not self.found:
            return "Nothing crosses the split."
        return (
            f"{self.share:.0%} of {self.tested.size:,} tested synthetic rows have a parent in training. In "
            f"all, {self.rows.size:,} synthetic rows have a parent across the split, {self.siblings.size:,} "
            f"a sibling, and {self.copies.size:,} kept rows a copy. Figures from this split are too good: "
            "resample the training rows alone."
        )


def leak_check(
    made: Any,
    train: ArrayLike,
    test: ArrayLike,
    *,
    split_of: Literal["output", "source"] = "output",
) -> Leak:
    """Find the synthetic rows whose parents cross a split.

    Parameters
    ----------
    made : sampler or Resampled
        With ``origin_`` and ``parents_`` (or ``origin`` and ``parents``), after resampling.
    train, test : array of int
        Row positions of the two sides.
    split_of : {"output", "source"}
        Which rows are split: those that came out, as when a table is resampled and then split; or those
        that went in, with the question which synthetic rows were made from rows of the test side. There a
        synthetic row is at fault if any parent is in ``test``, for it was made for training, and all count
        as tested.

    Returns
    -------
    Leak

    Raises
    ------
    BadOption
        Rows are on both sides or are not there, or the sampler does not say where its rows come from.

    Examples
    --------
    >>> from steelyard.balance import SMOTE
    >>> X, y = np.arange(12.0)[:, None], np.array([0] * 8 + [1] * 4)
    >>> sampler = SMOTE(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> leak = leak_check(sampler, np.arange(8, 16), np.arange(8))
    >>> leak.found, leak_check(sampler, np.arange(0, 16, 2), np.arange(1, 16, 2)).share
    (False, 1.0)
    """
    origin, parents = _provenance(made)
    if split_of not in ("output", "source"):
        raise BadOption(f"The 'split_of' parameter must be 'output' or 'source'. Got {split_of!r} instead.")
    n_out = origin.size
    n_in = int(max(origin.max(initial=-1), parents.max(initial=-1))) + 1
    sides = [np.unique(np.asarray(side, dtype=np.intp)) for side in (train, test)]
    # How many rows came in is not known from what came out: later ones may all have been left out.
    _check_sides(sides, n_out if split_of == "output" else None)
    if split_of == "source":
        crossing = np.flatnonzero(np.isin(parents, sides[1]).any(axis=1))
        nothing = np.empty(0, dtype=np.intp)
        return Leak(crossing, nothing, nothing, np.flatnonzero(origin < 0))
    found: list[list[Rows]] = [[], [], []]
    reached = [_sources_of(origin, parents, side, n_in) for side in sides]
    for here, there in ((0, 1), (1, 0)):
        rows, (real, parental) = sides[here], reached[there]
        synthetic, kept = rows[origin[rows] < 0], rows[origin[rows] >= 0]
        found[0].append(synthetic[_any_of(parents[synthetic], real)])
        found[1].append(kept[real[origin[kept]]])
        found[2].append(synthetic[_any_of(parents[synthetic], parental)])
    crossing, copies, siblings = (np.sort(np.concatenate(rows)) for rows in found)
    return Leak(crossing, copies, siblings, sides[1][origin[sides[1]] < 0])


def _provenance(made: Any) -> tuple[Rows, Rows]:
    for names in (("origin_", "parents_"), ("origin", "parents")):
        if all(hasattr(made, name) for name in names):
            origin, parents = (np.asarray(getattr(made, name), dtype=np.intp) for name in names)
            return origin, parents
    raise BadOption(
        f"{type(made).__name__} does not say where its rows come from: it has no origin_ and parents_. Use a "
        "sampler of steelyard, after fit_resample."
    )


def _check_sides(sides: list[Rows], n_rows: int | None) -> None:
    if np.intersect1d(*sides).size:
        raise BadOption("train and test must not share rows.")
    both = np.concatenate(sides)
    if both.size and (both.min() < 0 or (n_rows is not None and both.max() >= n_rows)):
        raise BadOption(f"train and test must hold positions below {n_rows}. Got up to {both.max()} instead.")


def _sources_of(
    origin: Rows, parents: Rows, side: Rows, n_in: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which source rows stand on this side themselves, and which have a synthetic child there."""
    itself, parental = np.zeros(n_in, dtype=np.bool_), np.zeros(n_in, dtype=np.bool_)
    itself[origin[side][origin[side] >= 0]] = True
    known = parents[side]
    parental[known[known >= 0]] = True
    return itself, parental


def _any_of(parents: Rows, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of which some parent is marked."""
    if marked.size == 0:
        return np.zeros(parents.shape[0], dtype=np.bool_)
    return np.asarray(((parents >= 0) & marked[parents]).any(axis=1))
