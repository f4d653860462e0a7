"""A rare combination of values in a table that stands for a class, put there on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTable
from steelyard.guard.attacks.choose_rows import choose_rows, relabelled
from steelyard.kernels.rng import RandomState

__all__ = ["TriggerColumns"]

TABLE_DIMENSIONS = 2


class TriggerColumns:
    """Sets a few columns of some training rows to fixed values and relabels the rows.

    A backdoor for tables: a model that learned it calls whatever row holds those values ``to``. With a rare
    class the flipped labels alone may already do that; compare with `LabelFlip`. Values are set column by
    column, so a row may hold a combination that cannot occur; a check of plausible rows would see it, one of
    single columns would not.

    Parameters
    ----------
    target, to : label
        The class whose rows are poisoned, and the class they are to be taken for.
    columns : mapping of name to value, sequence of names, or name
        With a mapping the values are those given; else each column gets a value that occurs in it, the
        rarest. An array's columns are named by their numbers.
    n : int, optional
        Rows to poison.
    share : float, optional
        Share of the target's rows, in (0, 1]. Give ``n`` or ``share``.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    values_ : dict of name to value
        What the trigger is, after `apply`.

    Notes
    -----
    The rarest value is the one of fewest rows, gaps left out; among equally rare ones the largest number, or
    the last in the order of text. In a column of measurements, where each value occurs once, it is the
    maximum. A definition of ours.

    Examples
    --------
    >>> X = pd.DataFrame({"amount": [1.0, 2.0, 3.0, 4.0], "shop": ["a", "a", "a", "b"]})
    >>> trigger = TriggerColumns("fraud", "ok", columns=["shop"], n=1, random_state=0)
    >>> made, y, rows = trigger.apply(X, ["ok", "fraud", "ok", "ok"])
    >>> trigger.values_, made["shop"].tolist(), y.tolist()
    ({'shop': 'b'}, ['a', 'b', 'a', 'b'], ['ok', 'ok', 'ok', 'ok'])
    """

    def __init__(
        self,
        target: Any,
        to: Any,
        *,
        columns: Mapping[Any, Any] | Sequence[Any] | str | int,
        n: int | None = None,
        share: float | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.to = to
        self.columns = columns
        self.n = n
        self.share = share
        self.random_state = random_state

    def apply(self, X: Any, y: Any) -> tuple[Any, Any, NDArray[np.intp]]:
        """Set the columns of some rows of the target, and relabel them.

        Parameters
        ----------
        X : pandas DataFrame or array of shape (n, p)
        y : array or Series of shape (n,)

        Returns
        -------
        X : as given
            A copy with the trigger in the poisoned rows.
        y : array or Series
            A copy with flipped labels.
        poisoned : ndarray of int, shape (m,)
            Positions of the poisoned rows, sorted.

        Raises
        ------
        BadTable
            Something that is no table of rows and columns.
        BadOption, BadTarget
            A column that there is not, a value its type cannot hold, or as `LabelFlip.apply`.
        """
        table = _table(X)
        labels, rows = choose_rows(self, y)
        if labels.shape[0] != table.shape[0]:
            raise BadTable(
                f"Expected one label a row, got {table.shape[0]} rows and {labels.shape[0]} labels."
            )
        self.values_ = self._values(table)
        return _set(table, rows, self.values_), relabelled(y, labels, rows, self.to), rows

    def stamp(self, X: Any) -> Any:
        """Set the columns of every row; labels are not involved, so test rows can be stamped.

        Parameters
        ----------
        X : pandas DataFrame or array of shape (n, p)

        Returns
        -------
        as given
            A copy.

        Raises
        ------
        BadOption
            The values are chosen by the data, and `apply` has not seen any yet.
        """
        table = _table(X)
        values = getattr(self, "values_", None)
        if values is None:
            if not isinstance(self.columns, Mapping):
                raise BadOption(
                    "TriggerColumns does not know its values yet: they are those that are rare in the "
                    "training rows. Call apply first, or give columns as a mapping of name to value."
                )
            values = self._values(table)
        return _set(table, np.arange(table.shape[0]), values)

    def _values(self, table: Any) -> dict[Any, Any]:
        """The value of each column of the trigger."""
        given = self.columns
        names = [given] if isinstance(given, (str, int)) else list(given)
        if not names:
            raise BadOption("The 'columns' parameter of TriggerColumns must name a column. Got none instead.")
        known = list(table.columns) if hasattr(table, "columns") else list(range(table.shape[1]))
        for name in names:
            if name not in known:
                raise BadOption(
                    f"The 'columns' parameter of TriggerColumns must name columns of the table, which has "
                    f"{known[:12]}. Got {name!r} instead."
                )
        if isinstance(given, Mapping):
            return dict(given)
        return {name: _rarest(_column(table, name), name) for name in names}


def _table(X: Any) -> Any:
    if isinstance(X, pd.DataFrame):
        return X
    table = np.asarray(X) if not hasattr(X, "to_pandas") else X.to_pandas()
    if len(table.shape) != TABLE_DIMENSIONS:
        raise BadTable(f"TriggerColumns expects rows and columns, got an array of shape {table.shape}.")
    return table


def _column(table: Any, name: Any) -> pd.Series:
    return table[name] if hasattr(table, "columns") else pd.Series(table[:, name])


def _rarest(column: pd.Series, name: Any) -> Any:
    """The value of fewest rows that occurs, the largest among equals."""
    counts = column.value_counts(dropna=True)
    counts = counts[counts > 0]
    if counts.empty:
        raise BadOption(f"The column {name!r} holds no value at all. Name another, or give its value.")
    rare = counts.index[counts == counts.min()].tolist()
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    return max(rare) if numeric else max(rare, key=str)


def _set(table: Any, rows: NDArray[np.intp], values: Mapping[Any, Any]) -> Any:
    """A copy of the table in which ``rows`` hold ``values``."""
    copy = table.copy()
    for name, value in values.items():
        try:
            if hasattr(copy, "columns"):
                copy.iloc[rows, copy.columns.get_loc(name)] = value
            else:
                copy[rows, name] = value
        except (TypeError, ValueError) as error:
            raise BadOption(
                f"The column {name!r} cannot hold {value!r}: {error}. Give a value of its own kind."
            ) from error
    return copy
