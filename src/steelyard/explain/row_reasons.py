"""Why a row was called rare: the evidence that each of its values gives for or against."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.explain.permutation import _columns_of, with_column
from steelyard.kernels.out_of_fold import aligned_proba, take_rows
from steelyard.kernels.rng import RandomState, child

__all__ = ["row_reasons"]

SAMPLES = 100
TOP = 5


def _log_odds(proba: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Log odds with the correction that keeps certainty finite: one of ``n + 2`` rows each way."""
    smooth = (proba * n + 1.0) / (n + 2.0)
    return np.asarray(np.log(smooth) - np.log1p(-smooth))


def _plain(value: Any) -> Any:
    """A cell as JSON holds it; a missing one is None."""
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, (bool, int, float, str)) else str(plain)


def row_reasons(
    model: Any,
    X: Any,
    reference: Any,
    *,
    positive: Any = None,
    samples: int = SAMPLES,
    top: int = TOP,
    random_state: RandomState = 0,
) -> list[dict[str, Any]]:
    """Say for each row which of its values speak for the rare class, and which against.

    A value's effect is the change in log odds when it is not known: the probability of the row is
    compared with its mean over the values that the column has in the reference rows. These must be at
    natural prevalence, never resampled, or every row looks suspicious.

    Parameters
    ----------
    model : fitted classifier
    X : DataFrame or ndarray of shape (m, d)
        Rows to explain.
    reference : like X, of n rows
        Training rows as they came.
    positive : label, optional
        The last of two classes by default; must be given with more.
    samples : int
        Reference rows drawn; the same for all rows and columns.
    top : int
        Reasons per row.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    list of dict
        Per row ``proba`` (of the class), ``decided`` (label) and ``reasons``: a list of ``column``,
        ``value`` and ``effect`` in natural log odds (positive speaks for the class), the strongest
        first.

    Raises
    ------
    BadOption
        An unknown class, or no reference rows.

    Notes
    -----
    Values are changed one at a time, so evidence that two columns give together is not seen.

    References
    ----------
    Robnik-Sikonja and Kononenko, Explaining Classifications for Individual Instances, IEEE TKDE 20,
    2008 (prediction difference, weight of evidence).

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> model = LogisticRegression().fit(X, X[:, 1] > 1)
    >>> reasons = row_reasons(model, np.array([[0.0, 2.5]]), X)[0]["reasons"]
    >>> reasons[0]["column"], reasons[0]["effect"] > 0
    (1, True)
    """
    classes = np.asarray(model.classes_)
    if positive is None and classes.size != 2:
        raise BadOption(f"positive must be one of {classes.tolist()} when there are more than two classes.")
    label = classes[-1] if positive is None else positive
    if label not in classes.tolist():
        raise BadOption(f"There is no class {label!r}. The classes are {classes.tolist()}.")
    code = int(np.flatnonzero(classes == label)[0])
    n = int(reference.shape[0])
    if n == 0:
        raise BadOption("Reasons need reference rows, got none.")
    drawn = child(random_state, "reasons").permutation(n)[:samples]
    donor = take_rows(reference, drawn)
    m = int(X.shape[0])
    columns = _columns_of(X, None)
    proba = aligned_proba(model, X, classes)
    decided = np.asarray(model.predict(X))
    known = _log_odds(proba[:, code], n)
    # All rows times all reference rows at once, one column at a time.
    spread = take_rows(X, np.repeat(np.arange(m), drawn.size))
    donors = np.tile(np.arange(drawn.size), m)
    effects = np.empty((m, len(columns)))
    for i, column in enumerate(columns):
        changed = aligned_proba(model, with_column(spread, column, donors, donor), classes)[:, code]
        effects[:, i] = known - _log_odds(changed.reshape(m, drawn.size).mean(axis=1), n)
    return [
        _one(X, row, columns, effects[row], float(proba[row, code]), decided[row], top) for row in range(m)
    ]


def _one(
    X: Any, row: int, columns: list[Any], effects: ArrayLike, proba: float, decided: Any, top: int
) -> dict[str, Any]:
    order = np.argsort(-np.abs(np.asarray(effects)), kind="stable")[:top]
    frame = hasattr(X, "columns")
    return {
        "proba": proba,
        "decided": _plain(decided),
        "reasons": [
            {
                "column": columns[i] if isinstance(columns[i], int) else str(columns[i]),
                "value": _plain(X.iloc[row, i] if frame else X[row, i]),
                "effect": float(np.asarray(effects)[i]),
            }
            for i in order
        ],
    }
