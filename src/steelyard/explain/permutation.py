"""What drives the rare class: how much worse the model ranks it when a column is shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.kernels.out_of_fold import aligned_proba, take_rows
from steelyard.kernels.progress import track
from steelyard.kernels.rng import RandomState, child
from steelyard.metrics import METRICS

__all__ = ["permutation_importance"]

REPEATS = 5
MOST_ROWS = 5_000
FEWEST_ROWS = 500
ROWS_PREDICTED = 1_000_000  # over all columns and shuffles; wide tables are measured on fewer rows
LEVEL = 0.95
DEFAULT_METRIC = "average_precision"


def rows_worth(most: int, shuffles: int) -> int:
    """Rows to measure on when each shuffle predicts them all."""
    return int(np.clip(ROWS_PREDICTED // max(1, shuffles), min(FEWEST_ROWS, most), most))


def bounded_rows(
    codes: NDArray[np.intp], positive: int | None, most: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
    """Rows to measure on, and weights that make up for leaving common rows out.

    All rare rows stay; the others are drawn. Their weight keeps the class shares as they were.
    """
    n = codes.size
    if n <= most:
        return np.arange(n), None
    keep = np.flatnonzero(codes == positive) if positive is not None else np.empty(0, dtype=np.intp)
    if keep.size > most // 2:
        keep = np.sort(rng.choice(keep, size=most // 2, replace=False))
    others = np.flatnonzero(codes != positive) if positive is not None else np.arange(n)
    drawn = rng.choice(others, size=min(others.size, most - keep.size), replace=False)
    rows = np.sort(np.concatenate([keep, drawn]))
    weight = np.full(rows.size, others.size / drawn.size)
    if positive is not None and keep.size:
        weight[codes[rows] == positive] = int((codes == positive).sum()) / keep.size
    return rows, weight


def _columns_of(X: Any, columns: Sequence[Any] | None) -> list[Any]:
    known = list(X.columns) if hasattr(X, "columns") else list(range(X.shape[1]))
    unknown = [column for column in columns or () if column not in known]
    if unknown:
        raise BadOption(f"There are no columns {unknown}. The columns are {known}.")
    return known if columns is None else list(columns)


def with_column(X: Any, column: Any, rows: NDArray[np.intp], source: Any = None) -> Any:
    """A copy of ``X`` whose column holds the values at ``rows`` of ``source`` (``X`` itself by default)."""
    donor = X if source is None else source
    if hasattr(X, "columns"):
        copy = X.copy()
        copy[column] = donor[column].iloc[rows].set_axis(X.index)
        return copy
    copy = X.tolil(copy=True).tocsr() if hasattr(X, "tocsr") else np.array(X, copy=True)
    copy[:, column] = donor[rows][:, [column]] if hasattr(X, "tocsr") else donor[rows, column]
    return copy


def permutation_importance(
    model: Any,
    X: Any,
    y: ArrayLike,
    *,
    positive: Any = None,
    metric: str = DEFAULT_METRIC,
    columns: Sequence[Any] | None = None,
    repeats: int = REPEATS,
    max_rows: int = MOST_ROWS,
    random_state: RandomState = 0,
    progress: bool | None = None,
) -> list[dict[str, Any]]:
    """Measure how much worse a model does on held-out rows when one column is shuffled.

    The columns are those the user knows, not what a preparer makes of them: a category is one column,
    not forty. Columns that say the same share their importance, for the model can do with either.

    Parameters
    ----------
    model : fitted classifier
        Takes ``X`` as it is.
    X : DataFrame, ndarray or sparse matrix of shape (n, d)
        Rows that the model was not fitted on; on training rows noise looks important.
    y : array of shape (n,)
    positive : label, optional
        The class of interest; the rarest by default with two classes, all classes with more.
    metric : str
        A metric of probabilities; average precision by default.
    columns : list, optional
        All by default.
    repeats : int
        Shuffles per column.
    max_rows : int
        More rows are sampled, rare ones first, and weights keep the shares; so are fewer when the
        table is wide, so that no more than a million rows are predicted (but at least 500 a shuffle).
    random_state : int, RandomState, Generator or None
    progress : bool, optional

    Returns
    -------
    list of dict
        ``column``, ``mean``, ``low``, ``high`` (a 95% t interval over the shuffles) and ``values``; the
        largest mean first. Positive: the model needs the column.

    Raises
    ------
    BadOption
        An unknown column, class or metric, or fewer than two repeats.
    CannotEvaluate
        The held-out rows have one class only.

    References
    ----------
    Breiman, Random Forests, Machine Learning 45, 2001, section 10; Fisher, Rudin and Dominici, All
    Models are Wrong, but Many are Useful, JMLR 20, 2019.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> y = (X[:, 1] > 1).astype(int)
    >>> found = permutation_importance(LogisticRegression().fit(X[:150], y[:150]), X[150:], y[150:])
    >>> found[0]["column"], found[0]["low"] > 0
    (1, True)
    """
    if metric not in METRICS or METRICS[metric].needs != "proba":
        able = [name for name, known in METRICS.items() if known.needs == "proba"]
        raise BadOption(f"metric must be one of {able}. Got {metric!r} instead.")
    if repeats < 2:
        raise BadOption(f"repeats must be at least 2, for an interval. Got {repeats} instead.")
    classes, labels = np.asarray(model.classes_), np.asarray(y)
    codes = np.searchsorted(classes, labels)
    present = np.unique(codes)
    if present.size < 2:
        raise CannotEvaluate(
            f"Importance needs held-out rows of two classes, got only {classes[present].tolist()}. "
            "Hold out more rows."
        )
    code = positive_code(classes, codes, positive)
    rng = child(random_state, "permutation", "rows")
    wanted = _columns_of(X, columns)
    rows, weight = bounded_rows(codes, code, rows_worth(max_rows, len(wanted) * repeats), rng)
    held, truth = take_rows(X, rows), codes[rows]
    measure = METRICS[metric]
    sign = 1.0 if measure.greater_is_better else -1.0

    def value(table: Any) -> float:
        proba = aligned_proba(model, table, classes)
        decided = proba.argmax(axis=1)
        one = code if classes.size == 2 else None
        return sign * float(measure.value(truth, proba, decided, positive=one, weight=weight))

    whole = value(held)
    found = []
    for column in track(wanted, "importance", enabled=progress):
        stream = child(random_state, "permutation", column)
        drops = np.array(
            [whole - value(with_column(held, column, stream.permutation(rows.size))) for _ in range(repeats)]
        )
        half = float(stats.t.ppf(0.5 + LEVEL / 2, repeats - 1) * drops.std(ddof=1) / np.sqrt(repeats))
        mean = float(drops.mean())
        found.append(
            {
                "column": column if isinstance(column, int) else str(column),
                "mean": mean,
                "low": mean - half,
                "high": mean + half,
                "values": drops.tolist(),
            }
        )
    return sorted(found, key=lambda one: -one["mean"])


def positive_code(classes: NDArray[Any], codes: NDArray[np.intp], positive: Any) -> int | None:
    """Class code of interest: the one named, else the rarest of two, else none."""
    if positive is not None:
        if positive not in classes.tolist():
            raise BadOption(f"There is no class {positive!r}. The classes are {classes.tolist()}.")
        return int(np.flatnonzero(classes == positive)[0])
    if classes.size != 2:
        return None
    return int(np.bincount(codes, minlength=2)[::-1].argmin() == 0)
