"""SMOTE: synthetic rows between a row and one of its neighbours of the same class."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.over.family import WithinClassOverSampler
from steelyard.balance.over.ground import STEP
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task

__all__ = ["SMOTE"]


class SMOTE(WithinClassOverSampler):
    """Add rows that lie between a row of a small class and one of its nearest neighbours in that class.

    One class for all tables: numbers are interpolated; a category is the most frequent one among
    the row's neighbours, the nearest of them deciding ties. A table of categories alone works too.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto", "not majority" and "all" bring every class up to the largest,
        "minority" the smallest only; a number is the wanted ratio of minority to majority rows (two
        classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int or object with kneighbors, default=5
        Neighbours to choose from. A class with fewer other rows uses those it has; ``note_`` says so. An
        object finds them itself; its ``n_neighbors`` counts the row too, as in imbalanced-learn.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are
        measured. Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, the one it moves towards, and, if there are
        categories, the other neighbours that voted for them.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Gaps.* A missing number stands at the column's median within the class when distances are
    measured. In a synthetic row a number that one parent lacks is taken, or left missing, from the
    nearer parent. A missing category is a category.

    *Whole numbers.* A column of integers gets interpolated values rounded to the nearest integer.

    *Further axes.* An array of shape (n, C, H, W) is a table of C x H x W columns, and comes back in its
    shape.

    *Other classes.* Only the rows of the class are read, so what the others hold does not matter.

    *Groups.* With ``groups``, neighbours are sought within the row's own group.

    *Categories in distances.* One that differs counts as the median standard deviation of the
    class's numeric columns (or 1 where that is 0), as in SMOTE-NC.

    References
    ----------
    Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, Journal
    of Artificial Intelligence Research 16, 2002; section 6.1 for mixed tables.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [20, 30, 41, 52, 63], "job": ["a", "b", "b", "c", "c"]})
    >>> sampler = SMOTE(random_state=0)
    >>> X, y = sampler.fit_resample(table, ["no", "no", "no", "yes", "yes"])
    >>> X.shape, y.count("yes"), sampler.origin_.tolist()
    ((6, 2), 3, [0, 1, 2, 3, 4, -1])
    >>> sampler.note_
    "class 'yes': 1 neighbour instead of 5, for it has 2 rows"
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        rows, rng = task.rows_of(code), task.stream(code)
        members = np.arange(rows.shape[0])
        family = self._relatives(task, code, self._ground(task, rows), members, members)
        # One uniform draw chooses the row, one the neighbour, one the place between them.
        picks = family.draw(n_new, rng)
        return family.children(picks, rng.random(n_new, dtype=STEP))
