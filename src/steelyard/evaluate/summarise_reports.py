"""One description of what a system decided, from what it decided in each fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["summarise_reports"]

SENTENCE = "sentence"


def _numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _number_lists(values: Sequence[Any]) -> bool:
    lists = all(isinstance(value, list) and value and _numbers(value) for value in values)
    return lists and len({len(value) for value in values}) == 1


def summarise_reports(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the dicts of several folds together.

    What is equal in all folds stays as it is. A number becomes its mean, with ``NAME_low`` and
    ``NAME_high``, so that an unstable threshold can be seen; a list of numbers becomes the mean of
    each place; words that differ are counted. A sentence that differs is replaced by one that says so.

    Parameters
    ----------
    reports : sequence of mappings
        Plain data, with the same meaning in all folds.

    Returns
    -------
    dict

    Examples
    --------
    >>> summarise_reports([{"rule": "f1", "threshold": 0.2}, {"rule": "f1", "threshold": 0.4}])
    {'rule': 'f1', 'threshold': 0.30000000000000004, 'threshold_low': 0.2, 'threshold_high': 0.4}
    """
    if not reports:
        return {}
    made: dict[str, Any] = {}
    for key in dict.fromkeys(key for report in reports for key in report):
        values = [report[key] for report in reports if report.get(key) is not None]
        if not values:
            made[key] = None
        elif all(value == values[0] for value in values):
            made[key] = values[0]
        elif _numbers(values):
            made[key] = float(np.mean(values))
            made[f"{key}_low"], made[f"{key}_high"] = float(min(values)), float(max(values))
        elif _number_lists(values):
            made[key] = np.mean(np.asarray(values, dtype=np.float64), axis=0).tolist()
        elif all(isinstance(value, Mapping) for value in values):
            made[key] = summarise_reports(values)
        elif key != SENTENCE:
            counted = Counter(str(value) for value in values).most_common()
            made[key] = ", ".join(f"{value} ({times})" for value, times in counted)
        else:
            made[key] = f"Set anew in each of {len(reports)} folds; in the first: {values[0]}"
    return made
