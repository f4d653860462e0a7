"""Whether the synthetic rows of a fold lie where the fold's held-out rows of that class lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from steelyard.balance import Balanced
from steelyard.balance.fit_parts import read_rows
from steelyard.balance.space import open_space
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.watch import Resampling, made_rows
from steelyard.errors import UserError
from steelyard.evaluate.nadeau_bengio import corrected_interval
from steelyard.kernels.out_of_fold import take_rows
from steelyard.kernels.synthetic_validity import synthetic_validity
from steelyard.records import Estimate, SyntheticValidity

__all__ = ["FIGURES", "validity_estimates", "validity_in_fold"]

FIGURES = ("share", "share_real", "enemies", "enemies_real", "copies", "precision", "coverage", "distance")
BOUNDS = {"distance": (0.0, np.inf)}
SHARE = (0.0, 1.0)
MOST_MADE = 500  # synthetic rows of a class that are read; no more are asked anyway
WHO = "The check of synthetic rows"


def validity_in_fold(
    fitted: Any,
    seen: Sequence[Resampling],
    train: tuple[Any, NDArray[Any]],
    held_out: tuple[Any, NDArray[Any]],
    random_state: int,
) -> SyntheticValidity | None:
    """Judge the synthetic rows that a model was fitted on by rows it has not seen.

    Parameters
    ----------
    fitted : estimator
        The inner estimator: a pipeline whose last step is `Balanced`, `Balanced` itself, or a pipeline of
        imbalanced-learn, whose sampler is asked once more.
    seen : sequence of Resampling
        What `watching` saw while it was fitted.
    train, held_out : (rows, labels)
        As they were before the model's own preparation.
    random_state : int

    Returns
    -------
    SyntheticValidity or None
        None where nothing synthetic was made, or where the rows are nothing to measure distances on.
    """
    one, before = _resampling(fitted, seen, *train)
    if one is None:
        return None
    rows, parents = made_rows(one)
    if not rows.size:
        return None
    try:
        return _judged(one, rows, parents, (before(held_out[0]), held_out[1]), random_state)
    except UserError:
        return None  # images, texts: there is no table to measure on


def _resampling(fitted: Any, seen: Sequence[Resampling], X: Any, y: NDArray[Any]) -> tuple[Any, Any]:
    """What the sampler did, and what turns rows into those it works on."""
    steps = [step for _, step in fitted.steps] if isinstance(fitted, Pipeline) else [fitted]
    place = next((i for i, step in enumerate(steps) if _resamples(step)), None)
    if place is None:
        return None, None

    def before(rows: Any) -> Any:
        for step in steps[:place]:
            rows = rows if step is None or step == "passthrough" else step.transform(rows)
        return read_rows(rows)

    if seen:
        return seen[0], before
    if isinstance(steps[place], Balanced) or hasattr(steps[place], "sample_indices_"):
        return None, None  # nothing was resampled, or rows were only chosen
    sampler = clone(steps[place])
    X_in = before(X)
    X_out, y_out = sampler.fit_resample(X_in, y)
    return Resampling(sampler, X_in, y, X_out, np.asarray(y_out)), before


def _resamples(step: Any) -> bool:
    return isinstance(step, Balanced) or hasattr(step, "fit_resample")


def _judged(
    one: Resampling,
    rows: NDArray[np.intp],
    parents: NDArray[np.intp],
    held_out: tuple[Any, NDArray[Any]],
    random_state: int,
) -> SyntheticValidity:
    labels, y_held = one.y_out[rows], np.asarray(held_out[1])
    # Spread over the whole lot, which samplers make class by class and row by row.
    chosen = np.concatenate([_spread(np.flatnonzero(labels == label)) for label in np.unique(labels)])
    rows, parents, labels = rows[chosen], parents[chosen], labels[chosen]
    training = np.flatnonzero(np.isin(one.y, labels))
    blocks = [held_out[0], take_rows(one.X, training), take_rows(one.X_out, rows)]
    ends = np.cumsum([y_held.size, training.size, rows.size])
    table = open_table(_stacked(blocks))
    # Units are those of real rows; only held-out ones settle what a gap or a category counts.
    real = table.part(np.arange(ends[1]))
    space = replace(open_space(table, WHO), scale=open_space(real, WHO, standardize=True).scale)
    reference = np.arange(ends[0])
    names = np.unique(np.concatenate([y_held, labels]))
    return synthetic_validity(
        space.neighborhood(within=reference, n_jobs=1),
        reference,
        np.searchsorted(names, y_held),
        np.arange(ends[1], ends[2]),
        np.searchsorted(names, labels),
        training=np.arange(ends[0], ends[1]),
        parents=parents,
        random_state=random_state,
    )


def _spread(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most so many of the rows as are read, evenly spread."""
    if rows.size <= MOST_MADE:
        return rows
    return rows[np.linspace(0, rows.size - 1, MOST_MADE).astype(np.intp)]


def _stacked(blocks: list[Any]) -> Any:
    """Tables of one kind as one."""
    if all(isinstance(block, pd.DataFrame) for block in blocks):
        return pd.concat(blocks, ignore_index=True)
    if any(sparse.issparse(block) for block in blocks):
        return sparse.vstack(blocks, format="csr")
    return np.concatenate([np.asarray(block) for block in blocks])


def validity_estimates(reports: Sequence[Mapping[str, Any] | None], ratio: float) -> dict[str, Estimate]:
    """Put the figures of all folds together.

    Parameters
    ----------
    reports : sequence of mapping or None
        For each fold the figures of `SyntheticValidity`.
    ratio : float
        Rows tested over rows trained on, for the intervals.

    Returns
    -------
    dict of figure to Estimate
        Empty where no fold made synthetic rows. Plausibility is the mean share of synthetic rows over
        that of real ones, not the mean of the folds' ratios, which a fold of few rows could carry away.

    Examples
    --------
    >>> folds = [{"share": 0.4, "share_real": 0.5}, {"share": 0.1, "share_real": 0.0}, None]
    >>> round(validity_estimates(folds, 0.25)["plausibility"].mean, 2)
    1.0
    """
    if not any(reports):
        return {}
    values = {
        name: np.array([np.nan if one is None or one.get(name) is None else one[name] for one in reports])
        for name in FIGURES
    }
    found = {"plausibility": _ratio_of_means(values["share"], values["share_real"], ratio)}
    for name in FIGURES:
        found[name] = corrected_interval(values[name], ratio, bounds=BOUNDS.get(name, SHARE))
    return found


def _ratio_of_means(top: NDArray[np.float64], bottom: NDArray[np.float64], ratio: float) -> Estimate:
    """The mean of one over that of the other, with the interval of its linear part."""
    each = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    if not (bottom > 0).any():
        return corrected_interval(each, ratio)
    middle = np.nanmean(bottom)
    whole = np.nanmean(top) / middle
    found = corrected_interval(whole + (top - whole * bottom) / middle, ratio, bounds=(0.0, np.inf))
    return replace(found, values=tuple(each.tolist()))
