"""A budget of rows for a whole table: a share, a number, or what suits the table's size."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from steelyard.errors import BadOption, CannotResample

__all__ = ["AUTO", "LEAST_PER_CLASS", "rows_of_budget"]

AUTO = "auto"
AUTO_SHARE = 0.01
AUTO_PER_CLASS = 100
AUTO_MOST = 0.5
LEAST_PER_CLASS = 2
ALMOST = 1e-9  # a product this near below a whole number is that number


def rows_of_budget(owner: Any, n_rows: int, n_classes: int) -> int:
    """Turn the parameter ``budget`` into a number of rows for this table.

    Parameters
    ----------
    owner : sampler
        With a parameter ``budget``: "auto", a share in (0, 1], or a whole number of rows.
    n_rows, n_classes : int

    Returns
    -------
    int
        From two rows a class up to all rows. "auto" is one row in a hundred, at least 100 a class and at
        most half the table.

    Raises
    ------
    BadOption
        The parameter is none of these.
    CannotResample
        It comes to fewer than two rows a class.
    """
    budget, name = owner.budget, type(owner).__name__
    least = LEAST_PER_CLASS * n_classes
    if isinstance(budget, str) and budget == AUTO:
        wanted = min(max(math.ceil(AUTO_SHARE * n_rows), AUTO_PER_CLASS * n_classes), int(AUTO_MOST * n_rows))
        return min(n_rows, max(least, wanted))
    if isinstance(budget, bool) or not isinstance(budget, Real):
        raise _refused(name, budget)
    if isinstance(budget, Integral):
        if budget < 1:
            raise _refused(name, budget)
        rows, said = int(budget), f"{budget:,} rows"
    else:
        if not 0 < budget <= 1:
            raise _refused(name, budget)
        rows = int(budget * n_rows + ALMOST)
        said = f"{budget:g} of {n_rows:,} rows, {rows} rows,"
    if rows < min(least, n_rows):
        raise CannotResample(
            f"{name} needs at least {LEAST_PER_CLASS} rows a class, {least} for {n_classes} classes, and a "
            f"budget of {said} is less. Raise budget to at least {least} rows ({least / n_rows:.2g} of them)."
        )
    return min(rows, n_rows)


def _refused(name: str, budget: Any) -> BadOption:
    return BadOption(
        f"The 'budget' parameter of {name} must be 'auto', a float in the range (0, 1] or an int in the "
        f"range [1, inf). Got {budget!r} instead."
    )
