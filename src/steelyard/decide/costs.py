"""What each mistake costs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from steelyard.decide.labels import code_of, plain_label
from steelyard.errors import BadOption
from steelyard.metrics.expected_cost import check_cost

__all__ = ["Costs", "check_cost_matrix", "parse_cost"]

NAMES = ("miss", "false_alarm")
EXAMPLE = "miss=20,false_alarm=1"
LAYOUT = "The first column holds true labels, the header decided ones."


@dataclass(frozen=True)
class Costs:
    """Prices of mistakes: two numbers, or a table with a price for each true and decided label.

    Parameters
    ----------
    miss : float
        Price of a row of the positive class that is called something else.
    false_alarm : float
        Price of another row that is called positive. With more than two classes, a mistake among
        the other classes has this price too.
    table : mapping of true label to mapping of decided label to price, optional
        Beats the two numbers. A diagonal that is left out is 0.

    Examples
    --------
    >>> Costs(miss=20.0).matrix(np.array(["fraud", "ok"]), positive="fraud")
    array([[ 0., 20.],
           [ 1.,  0.]])
    """

    miss: float = 1.0
    false_alarm: float = 1.0
    table: Mapping[str, Mapping[str, float]] | None = None

    def matrix(self, classes: NDArray[Any], positive: Any) -> NDArray[np.float64]:
        """Return ``cost[true, decided]`` for the sorted classes.

        Parameters
        ----------
        classes : array of shape (k,)
        positive : label
            Which class ``miss`` is about.

        Returns
        -------
        ndarray of shape (k, k)

        Raises
        ------
        BadOption
            The table leaves out a class or a pair, or a mistake costs less than being right.
        """
        known = np.asarray(classes)
        k = known.size
        if self.table is None:
            cost = np.full((k, k), float(self.false_alarm))
            cost[code_of(positive, known, "positive")] = self.miss
            np.fill_diagonal(cost, 0.0)
            return check_cost_matrix(cost, k)
        rows = {str(label): dict(prices) for label, prices in self.table.items()}
        names = [str(plain_label(label)) for label in known]
        for label in [*rows, *(label for prices in rows.values() for label in prices)]:
            code_of(label, known, "The cost table")
        cost = np.zeros((k, k))
        for i, true in enumerate(names):
            for j, decided in enumerate(names):
                price = rows.get(true, {}).get(decided, 0.0 if i == j else None)
                if price is None:
                    raise BadOption(
                        f"The cost table has no price for true {true!r} decided as {decided!r}. "
                        f"It needs every pair of {names}; only the diagonal may be left out."
                    )
                cost[i, j] = price
        return check_cost_matrix(cost, k)

    def to_dict(self) -> dict[str, Any]:
        """Return the prices as JSON holds them; `parse_cost` reads them back."""
        if self.table is not None:
            return {str(true): dict(prices) for true, prices in self.table.items()}
        return {"miss": self.miss, "false_alarm": self.false_alarm}


def check_cost_matrix(cost: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Return a cost matrix as floats, or say what is wrong with it.

    Being right must never cost more than being wrong, or the optimum ignores the data (Elkan 2001,
    section 1.1).

    Raises
    ------
    BadOption
        Wrong shape, a price that is not finite, a mistake cheaper than being right, or no mistake that
        costs anything.
    """
    matrix = check_cost(cost, n_classes)
    regret = matrix - np.diag(matrix)[:, None]
    if (regret < 0).any():
        true, decided = np.argwhere(regret < 0)[0].tolist()
        raise BadOption(
            "The 'cost' parameter must not make a mistake cheaper than being right. "
            f"Got {matrix[true, decided]:g} for class {true} decided as {decided}, and "
            f"{matrix[true, true]:g} for class {true} decided rightly. Rows are true, columns decided."
        )
    if not (regret > 0).any():
        raise BadOption("The 'cost' parameter must make some mistake cost more than being right.")
    return matrix


def _price(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise BadOption(
            f"Expected a price for {where}, got {value!r}. Give a finite number, as in {EXAMPLE!r}."
        )
    return number


def _two_numbers(pairs: Mapping[str, Any]) -> Costs:
    for name in pairs:
        if name not in NAMES:
            close = get_close_matches(name, NAMES, n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise BadOption(f"Unknown price {name!r}.{hint} Write {EXAMPLE!r}, or give a table in a file.")
    prices = {name: _price(value, name) for name, value in pairs.items()}
    if any(price < 0 for price in prices.values()):
        raise BadOption(f"Prices must not be negative, got {prices}.")
    return Costs(**prices)


def _table(rows: Mapping[Any, Mapping[Any, Any]]) -> Costs:
    table = {
        str(true): {
            str(decided): _price(price, f"{true} decided as {decided}") for decided, price in row.items()
        }
        for true, row in rows.items()
    }
    return Costs(table=table)


def _from_mapping(given: Mapping[Any, Any], source: str) -> Costs:
    nested = [isinstance(value, Mapping) for value in given.values()]
    if given and all(nested):
        return _table(given)
    if given and not any(nested):
        return _two_numbers({str(name): value for name, value in given.items()})
    raise BadOption(
        f"Expected {{'miss': 20, 'false_alarm': 1}} or {{true: {{decided: price}}}} in {source}, "
        f"got {given!r}."
    )


def _from_file(path: Path) -> Costs:
    if not path.is_file():
        raise BadOption(f"Expected prices such as {EXAMPLE!r} or a CSV or JSON file, got {str(path)!r}.")
    if path.suffix.lower() == ".json":
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise BadOption(f"{path} is not readable JSON: {error}.") from error
        if not isinstance(given, dict):
            raise BadOption(
                f"{path} must hold an object, {{true: {{decided: price}}}}. Got {type(given).__name__}."
            )
        return _from_mapping(given, str(path))
    try:
        frame = pd.read_csv(path, dtype=str, index_col=0, keep_default_na=False, skipinitialspace=True)
    except (ValueError, OSError) as error:
        raise BadOption(f"{path} is not a table of costs: {error}. {LAYOUT}") from error
    if frame.empty:
        raise BadOption(f"{path} has no prices. {LAYOUT}")
    return _table(
        {
            str(true).strip(): {
                str(decided).strip(): price for decided, price in row.items() if str(price).strip()
            }
            for true, row in frame.iterrows()
        }
    )


def parse_cost(given: str | Path | Mapping[Any, Any] | Costs) -> Costs:
    """Read prices in any form a user may have them.

    Parameters
    ----------
    given : str, path, mapping or Costs
        ``"miss=20,false_alarm=1"``; a CSV file whose first column holds true labels and whose header
        holds decided ones; a JSON file or mapping ``{true: {decided: price}}`` or
        ``{"miss": 20, "false_alarm": 1}``.

    Returns
    -------
    Costs

    Raises
    ------
    BadOption
        It is none of these, or a price is not a number.

    Examples
    --------
    >>> parse_cost("miss=20,false_alarm=1")
    Costs(miss=20.0, false_alarm=1.0, table=None)
    """
    if isinstance(given, Costs):
        return given
    if isinstance(given, Mapping):
        return _from_mapping(given, "the costs")
    text = str(given).strip()
    if isinstance(given, Path) or "=" not in text or Path(text).is_file():
        return _from_file(Path(text))
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    names = [name.strip() for name, _, _ in pairs]
    if len(set(names)) < len(names):
        raise BadOption(f"A price is given twice in {text!r}. Give each once.")
    return _two_numbers({name.strip(): value.strip() for name, _, value in pairs})
