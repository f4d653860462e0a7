"""From labels as a user writes them to class codes."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["code_of", "per_class", "plain_label"]


def plain_label(label: Any) -> Any:
    """A label without its NumPy type, as JSON and people know it."""
    return label.item() if isinstance(label, np.generic) else label


def code_of(label: Any, classes: NDArray[Any], what: str) -> int:
    """Position of a label among the sorted classes; ``"1"`` finds the class 1.

    Parameters
    ----------
    label : any
    classes : ndarray of shape (k,)
    what : str
        Which option named the label, for the message.

    Raises
    ------
    BadOption
        No class has this label; the nearest ones are listed.

    Examples
    --------
    >>> code_of("1", np.array([0, 1]), "positive")
    1
    """
    names = [str(plain_label(known)) for known in classes]
    wanted = str(plain_label(label))
    if wanted in names:
        return names.index(wanted)
    close = get_close_matches(wanted, names, n=3)
    hint = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
    raise BadOption(f"{what} names the class {wanted!r}, which is not in the target.{hint} It has {names}.")


def per_class(values: Mapping[Any, float], classes: NDArray[Any], what: str) -> dict[int, float]:
    """Values keyed by class code instead of label, in code order."""
    coded = {code_of(label, classes, what): float(value) for label, value in values.items()}
    return dict(sorted(coded.items()))
