"""What every detector answers: rows in order of doubt, and what speaks against their labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Suspects", "rank_suspects"]


@dataclass(frozen=True, eq=False)
class Suspects:
    """Rows whose label is doubtful, most doubtful first.

    Parameters
    ----------
    method : str
        The detector.
    rows : ndarray of int, shape (m,)
        Row numbers, from 0.
    given, suggested : ndarray of shape (m,)
        The label each row has, and the one the detector would give it.
    score : ndarray of shape (m,)
        Doubt in [0, 1]. Scores order the rows of one detector; they are not probabilities, and those of two
        detectors do not measure the same.
    evidence : tuple of m str
        What speaks against each label.
    every : ndarray of shape (n,)
        Score of every row that was asked about, suspect or not; NaN where a row could not be judged.
    note : str
        Where the detector could not work, and why; empty when it could everywhere.

    Examples
    --------
    >>> found = Suspects("example", np.array([3]), np.array(["ok"]), np.array(["ill"]), np.array([0.9]),
    ...                  ("9 of 10 neighbours are 'ill'",), np.array([0.1, 0.2, 0.0, 0.9]))
    >>> len(found), found.frame().loc[0, "suggested"]
    (1, 'ill')
    """

    method: str
    rows: NDArray[np.intp]
    given: NDArray[Any]
    suggested: NDArray[Any]
    score: NDArray[np.float64]
    evidence: tuple[str, ...]
    every: NDArray[np.float64]
    note: str = ""

    def __len__(self) -> int:
        return int(self.rows.size)

    def frame(self) -> pd.DataFrame:
        """Return a table with ``row``, ``given``, ``suggested``, ``score`` and ``evidence``."""
        return pd.DataFrame(
            {
                "row": self.rows,
                "given": self.given,
                "suggested": self.suggested,
                "score": self.score,
                "evidence": list(self.evidence),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the suspects as lists, numbers and strings that JSON can hold."""
        return {
            "method": self.method,
            "note": self.note,
            "n_judged": int(np.isfinite(self.every).sum()),
            "rows": self.rows.tolist(),
            "given": self.given.tolist(),
            "suggested": self.suggested.tolist(),
            "score": self.score.tolist(),
            "evidence": list(self.evidence),
        }


def rank_suspects(
    method: str,
    suspect: NDArray[np.bool_],
    every: NDArray[np.float64],
    codes: NDArray[np.intp],
    suggested: NDArray[np.intp],
    classes: NDArray[Any],
    say: Callable[[int], str],
    notes: list[str],
) -> Suspects:
    """Put suspect rows in order of their score, the smaller row number first among equals.

    Parameters
    ----------
    method : str
    suspect : ndarray of bool, shape (n,)
    every : ndarray of shape (n,)
        Score of each row, NaN where it was not judged.
    codes, suggested : ndarray of int, shape (n,)
        Given and suggested label as positions in ``classes``.
    classes : ndarray of shape (k,)
    say : callable
        Evidence for a row number.
    notes : list of str
        Sentences; the note joins them.

    Returns
    -------
    Suspects

    Examples
    --------
    >>> codes, others = np.array([0, 0, 1]), np.array([1, 1, 0])
    >>> found = rank_suspects("example", np.array([True, True, False]), np.array([0.5, 0.9, 0.1]), codes,
    ...                       others, np.array(["a", "b"]), "row {}".format, [])
    >>> found.rows.tolist(), found.suggested.tolist()
    ([1, 0], ['b', 'b'])
    """
    rows = np.flatnonzero(suspect)
    rows = rows[np.argsort(-every[rows], kind="stable")]
    return Suspects(
        method,
        rows,
        classes[codes[rows]],
        classes[suggested[rows]],
        every[rows],
        tuple(say(row) for row in rows.tolist()),
        every,
        " ".join(notes),
    )
