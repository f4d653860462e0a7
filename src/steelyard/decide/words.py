"""How a rule tells, in numbers and words, what it was set on and what to expect of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.binary_cuts import Cuts
from steelyard.decide.evidence import Evidence
from steelyard.decide.labels import plain_label
from steelyard.kernels.priors import class_counts

__all__ = ["expected_outcome", "names_of", "number", "outcome_at", "set_on", "share_words", "where_set"]

Codes = NDArray[np.intp]


def number(value: float) -> str:
    """Four digits, as a person would write them.

    Examples
    --------
    >>> number(0.0123456), number(0.5)
    ('0.01235', '0.5')
    """
    return f"{value:.4g}"


def share_words(share: float) -> str:
    """A share in per cent.

    Examples
    --------
    >>> share_words(0.0193)
    '1.93 %'
    """
    return f"{100 * share:.3g} %"


def names_of(classes: NDArray[Any]) -> list[str]:
    """Class labels as strings, in code order."""
    return [str(plain_label(label)) for label in classes]


def set_on(evidence: Evidence, positive: int | None) -> dict[str, int]:
    """How many rows a rule was set on, and how many of them are of the class it is about."""
    counts = evidence.counts
    told = {"rows": int(counts.sum())}
    if positive is not None:
        told["positives"] = int(counts[positive])
    return told


def where_set(told: dict[str, int]) -> str:
    """``set_on`` in words."""
    if "positives" in told:
        return f"out of fold on {told['rows']:,} rows, {told['positives']:,} positives"
    return f"out of fold on {told['rows']:,} rows"


def outcome_at(cuts: Cuts, place: int) -> dict[str, float | None]:
    """Flagged share, recall and precision of one cut."""
    hits, alarms = float(cuts.hits[place]), float(cuts.alarms[place])
    flagged = hits + alarms
    return {
        "flagged_share": flagged / (cuts.positives + cuts.negatives),
        "recall": hits / cuts.positives if cuts.positives > 0 else None,
        "precision": hits / flagged if flagged > 0 else None,
    }


def expected_outcome(evidence: Evidence, decided: Codes, classes: NDArray[Any]) -> dict[str, Any]:
    """Share of rows decided as each class, and the recall of each class, out of fold."""
    k = evidence.n_classes
    true = class_counts(evidence.codes, k, evidence.weight)
    said = class_counts(decided, k, evidence.weight)
    right = class_counts(evidence.codes, k, evidence.weight * (decided == evidence.codes))
    names = names_of(classes)
    return {
        "decided_share": {name: float(said[c] / said.sum()) for c, name in enumerate(names)},
        "recall": {name: float(right[c] / true[c]) for c, name in enumerate(names) if true[c] > 0},
    }
