"""Sequences as encoders read them: checked, and in batches of like length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable

__all__ = ["batches_by_length", "check_sequences"]

EXAMPLES = 3  # letters named in a message


def check_sequences(sequences: Iterable[str], letters: str, longest: int, name: str) -> list[str]:
    """Return the sequences as a list, or say which of them the encoder cannot read.

    Parameters
    ----------
    sequences : iterable of str
    letters : str
        Those the encoder knows.
    longest : int
        Letters that a sequence may have.
    name : str
        Of the encoder, for the message.

    Returns
    -------
    list of str

    Raises
    ------
    BadTable
        Not a string, empty, too long, or with other letters.

    Examples
    --------
    >>> check_sequences(["ACD"], "ACDE", 5, "this example")
    ['ACD']
    """
    if isinstance(sequences, str):
        raise BadTable(f"{name} encodes a list of sequences. Got the single string {sequences!r} instead.")
    checked = list(sequences)
    known = set(letters)
    for place, sequence in enumerate(checked):
        if not isinstance(sequence, str):
            raise BadTable(f"{name} encodes strings. Got {sequence!r} as sequence {place} instead.")
        if not 0 < len(sequence) <= longest:
            raise BadTable(
                f"{name} encodes sequences of 1 to {longest} letters. Sequence {place} has {len(sequence)}; "
                "leave it out."
            )
        others = sorted(set(sequence) - known)
        if others:
            raise BadTable(
                f"{name} knows the letters {letters}. Sequence {place} has also "
                f"{', '.join(map(repr, others[:EXAMPLES]))}; write it in those, or leave it out."
            )
    return checked


def batches_by_length(sequences: list[str], batch_size: int) -> Iterator[NDArray[np.intp]]:
    """Positions of sequences in batches, so that long ones do not make short ones wait.

    Parameters
    ----------
    sequences : list of str
    batch_size : int

    Yields
    ------
    ndarray of int

    Examples
    --------
    >>> [batch.tolist() for batch in batches_by_length(["ACDE", "A", "ACD"], 2)]
    [[1, 2], [0]]
    """
    order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
    for start in range(0, len(sequences), batch_size):
        yield order[start : start + batch_size]
