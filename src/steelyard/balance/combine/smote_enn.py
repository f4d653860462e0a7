"""SMOTE, then edited nearest neighbours: add rows, then leave out those in the wrong place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import read_neighbors
from steelyard.balance.clean.cleaner import touched
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.combine.over_then_clean import OverThenClean
from steelyard.balance.lineage import Lineage
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.kernels.disagreement import most_frequent

__all__ = ["SMOTEENN"]


class SMOTEENN(OverThenClean):
    """Enlarge small classes by SMOTE, then leave out every row, old or new, that its neighbours contradict.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class before cleaning: "auto", "not majority" and "all" bring every class up to
        the largest, "minority" the smallest only; a number is the wanted ratio of minority to majority
        rows (two classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    smote : over-sampler or None, default=None
        Makes the rows, with its own strategy and seed; None is SMOTE.
    enn : EditedNearestNeighbours or None, default=None
        None cleans all classes, three neighbours having to agree with a row.
    n_jobs : int or None, default=None
        Threads of the search while cleaning; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans. For the samplers made here, as is
        ``standardize``.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
    exact : bool, default=True
        Whether the search while cleaning must find every true neighbour. False allows a few wrong ones
        in very large searches (``recall`` 0.99).
    recall : float or None, default=None
        The share of true neighbours that is enough; makes the search approximate.

    Attributes
    ----------
    smote_, cleaner_ : the two samplers
    recall_ : float or None
        Measured share of true neighbours where the search was approximate.
    origin_, parents_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`. Row numbers are those of the table that came in; ``sampling_strategy_`` says what
        the over-sampler was asked for.

    Raises
    ------
    CannotResample
        As the two samplers do.

    Notes
    -----
    The rows are exactly those of the two samplers one after the other. They come faster, for a
    synthetic row lies between two known ones: that alone proves for nearly all rows that their nearest
    neighbours are of their own class, and only the others are searched for (see
    ``steelyard.kernels.safe_children``).

    Gaps, categories and groups are treated as by the two samplers. Known rows come first, then the
    synthetic ones.

    References
    ----------
    Batista, Prati and Monard, A study of the behavior of several methods for balancing machine learning
    training data, SIGKDD Explorations 6, 2004.

    Examples
    --------
    >>> X = [[0.0], [0.2], [0.4], [0.6], [0.8], [3.1], [3.0], [3.2], [3.5], [3.6]]
    >>> sampler = SMOTEENN(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, list("aaaaaabbbb"))
    >>> sampler.origin_.tolist()
    [0, 1, 2, 3, 4, 8, 9]
    """

    cleaner_parameter = "enn"
    cleaner_kind = EditedNearestNeighbours
    nothing_goes = "no row of the classes that may lose rows is contradicted"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        smote: Any = None,
        enn: Any = None,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
        exact: bool = True,
        recall: float | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.smote = smote
        self.enn = enn
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize
        self.exact = exact
        self.recall = recall

    def _goes(self, inner: Task, made: Lineage) -> NDArray[np.intp]:
        k, engine = read_neighbors(self.cleaner_, "n_neighbors")
        around = self._around(inner, engine)
        asked = self._open_rows(around, inner, made, k)
        asked = asked[touched(inner)[inner.codes[asked]]]
        self.recall_ = None
        if asked.shape[0] == 0:
            return asked
        votes, own = inner.codes[around.nearest(k, asked=asked)[0]], inner.codes[asked]
        self.recall_ = around.recall_
        if self.cleaner_.kind_sel == "all":
            return asked[(votes != own[:, None]).any(axis=1)]
        return asked[most_frequent(votes, inner.counts.shape[0]) != own]
