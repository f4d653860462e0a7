"""Which encoder a column gets."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from steelyard.data.encode_categorical import LevelColumn, RateColumn, rate_targets
from steelyard.data.encode_date import DateColumn
from steelyard.data.encode_numeric import NumberColumn
from steelyard.data.encode_text import TextColumn

__all__ = ["fit_encoder"]


def fit_encoder(
    name: str,
    kind: str,
    value: Any,
    *,
    y: Any,
    groups: Any,
    max_levels: int,
    text_components: int,
    seed: int,
) -> tuple[Any, NDArray[Any]]:
    """Fit the encoder of one column, and encode its training rows.

    Parameters
    ----------
    name, kind : str
    value
        The column as `read_columns` gives it.
    y, groups : array of shape (n,) or None
        For class rates.
    max_levels, text_components, seed : int

    Returns
    -------
    encoder
        With ``transform``, ``measure`` (what shift is judged by), ``suffixes`` (of the output names;
        none when the column is of no use) and ``sentence`` (for the user; may be empty).
    encoded : ndarray
        Numbers (n, w) or codes (n,).

    Examples
    --------
    >>> import numpy as np
    >>> encoder, encoded = fit_encoder("when", "date", np.array([0.0, 9.0]), y=None, groups=None,
    ...                                max_levels=250, text_components=30, seed=0)
    >>> encoder.sentence
    'holds dates: read as seconds since 1970'
    """
    encoder: Any
    if kind == "categorical":
        encoder = LevelColumn().fit(value)
        if len(encoder.levels) > max_levels:
            encoder = RateColumn(random_state=seed)
            return encoder, encoder.fit_transform(value, *rate_targets(y, name, len(value[0])), groups)
    elif kind == "date":
        encoder = DateColumn().fit(value)
    elif kind == "text":
        encoder = TextColumn(text_components, random_state=seed).fit(value)
    else:
        encoder = NumberColumn().fit(value)
    return encoder, encoder.transform(value)
