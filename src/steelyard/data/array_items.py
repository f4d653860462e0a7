"""Images, series or clips with what is known of each: the step between files and a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["IGNORED", "ArrayItems"]

IGNORED = -100  # pixels without a label, as torch marks them


@dataclass(frozen=True, eq=False)
class ArrayItems:
    """Arrays as read, one item along the first axis.

    Parameters
    ----------
    X : array of shape (n, c, h, w) or (n, c, t), LazyImages or LazyClips
    columns : pandas.DataFrame of n rows
        What is known of each item: labels, groups, parts.
    masks : array of int, shape (n, h, w), or LazyImages, optional
        Labels of pixels; `IGNORED` where there is none.
    """

    X: Any
    columns: pd.DataFrame
    masks: Any = None
