"""SMOTE-NC: SMOTE for tables of numbers and categories, under imbalanced-learn's name and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.over.ground import Ground
from steelyard.balance.over.refuse_encoder import refuse_encoder
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.task import Task
from steelyard.errors import CannotResample

__all__ = ["SMOTENC"]


class SMOTENC(SMOTE):
    """Add rows between neighbours of a small class, in a table that has both numbers and categories.

    `SMOTE` with the categorical columns named: the same draws give the same rows.

    Parameters
    ----------
    categorical_features : "auto", list of positions, mask or list of names
        "auto" takes columns of categories, strings and booleans, in any kind of table.
    categorical_encoder : None
        Only None: categories are compared as they are and never encoded.
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours to choose from, and who vote on categories.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        The row a synthetic row starts from, the one it moves towards, and the other voters.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group; or the columns are all of one
        kind.
    BadOption
        ``categorical_encoder`` is given, or ``categorical_features`` names what is not there.

    Notes
    -----
    A number lies between the two parents'. A category is the most frequent one among the neighbours of
    the row a child starts from; of equally frequent ones the nearest neighbour decides, where
    imbalanced-learn draws lots. In distances a category that differs counts as the median standard
    deviation of the class's numeric columns, and as 1 where that is 0 (in imbalanced-learn: as nothing).
    Gaps, whole numbers and groups are treated as in `SMOTE`. A column of a thousand levels costs what
    one of two costs.

    References
    ----------
    Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, Journal of
    Artificial Intelligence Research 16, 2002; section 6.1.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [20, 30, 41, 52, 64, 66], "job": ["a", "b", "b", "c", "d", "d"]})
    >>> sampler = SMOTENC(["job"], k_neighbors=2, random_state=0)
    >>> X, y = sampler.fit_resample(table, ["no", "no", "no", "no", "yes", "yes"])
    >>> X["job"].tolist()[6:], X["age"].between(20, 66).all()
    (['d', 'd'], np.True_)
    """

    def __init__(
        self,
        categorical_features: Any,
        *,
        categorical_encoder: None = None,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        standardize: bool = False,
    ) -> None:
        super().__init__(
            sampling_strategy=sampling_strategy,
            random_state=random_state,
            k_neighbors=k_neighbors,
            categorical_features=categorical_features,
            standardize=standardize,
        )
        self.categorical_encoder = categorical_encoder

    def _check_parameters(self) -> None:
        super()._check_parameters()
        refuse_encoder(self)

    def _ground(self, task: Task, rows: NDArray[np.intp]) -> Ground:
        ground = super()._ground(task, rows)
        if not ground.space.numeric:
            raise CannotResample(
                "SMOTE-NC is not designed to work only with categorical features, and all "
                f"{task.table.n_columns} columns are. Use SMOTEN, or SMOTE, which takes any table."
            )
        if not ground.space.categorical:
            raise CannotResample(
                "SMOTE-NC is not designed to work only with numerical features, and no column is "
                "categorical. Use SMOTE, or name columns in categorical_features."
            )
        return ground
