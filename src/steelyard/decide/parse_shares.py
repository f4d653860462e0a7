"""Shares per class, as the command line writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.labels import per_class
from steelyard.errors import BadOption

__all__ = ["parse_shares", "wanted_prior"]

SUM_TOLERANCE = 1e-6


def _number(text: Any, where: str) -> float:
    """A share given as ``.9``, ``90%`` or a number."""
    written = str(text).strip()
    try:
        value = float(written[:-1]) / 100 if written.endswith("%") else float(written)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise BadOption(
            f"A share lies between 0 and 1, got {written!r} in {where!r}. Write fraud=0.002 or 0.2%."
        )
    return value


def parse_shares(text: str | Mapping[Any, Any]) -> dict[Any, float]:
    """Read ``fraud=0.002,theft=1%`` as shares per label.

    Parameters
    ----------
    text : str or mapping of label to share

    Returns
    -------
    dict of label to float in [0, 1]

    Raises
    ------
    BadOption
        It is not a list of ``label=share``, or a share is not between 0 and 1.

    Examples
    --------
    >>> parse_shares("fraud=0.2%, theft=.01")
    {'fraud': 0.002, 'theft': 0.01}
    """
    if isinstance(text, Mapping):
        shares = {label: _number(value, str(label)) for label, value in text.items()}
    else:
        pairs = [part.rpartition("=") for part in str(text).split(",") if part.strip()]
        if any(not label.strip() for label, _, _ in pairs):
            raise BadOption(f"Expected label=share pairs such as 'fraud=0.002', got {text!r}.")
        shares = {label.strip(): _number(value, str(text)) for label, _, value in pairs}
        if len(shares) < len(pairs):
            raise BadOption(f"A label is given twice in {text!r}. Give each label once.")
    if not shares:
        raise BadOption(f"Expected at least one label=share such as 'fraud=0.002', got {text!r}.")
    return shares


def wanted_prior(
    shares: Mapping[Any, float], classes: NDArray[Any], trained: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Complete class shares: classes that are not named keep their proportions to each other.

    Parameters
    ----------
    shares : mapping of label to share
    classes : ndarray of shape (k,)
    trained : ndarray of shape (k,)
        Shares in the training rows.

    Returns
    -------
    ndarray of shape (k,)
        Sums to one.

    Raises
    ------
    BadOption
        An unknown label, a negative share, or shares that cannot sum to one.

    Examples
    --------
    >>> wanted_prior({"c": 0.5}, np.array(["a", "b", "c"]), np.array([0.6, 0.3, 0.1])).round(3)
    array([0.333, 0.167, 0.5  ])
    """
    given = per_class(parse_shares(shares), classes, "deployment_prior")
    codes = list(given)
    total = sum(given.values())
    named_all = len(codes) == classes.size
    if total > 1 + SUM_TOLERANCE or (named_all and abs(total - 1) > SUM_TOLERANCE):
        kind = "must sum to 1" if named_all else "must leave room for the classes that are not named"
        raise BadOption(f"The shares of deployment_prior {kind}, got a sum of {total:g}.")
    rest = np.asarray(trained, dtype=np.float64).copy()
    rest[codes] = 0.0
    wanted = rest if named_all else rest / rest.sum() * max(0.0, 1.0 - total)
    wanted[codes] = list(given.values())
    return np.asarray(wanted / wanted.sum())
