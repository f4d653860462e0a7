"""Data that were poisoned on purpose say so in a marker beside them: how it is found and read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from steelyard.errors import BadTable
from steelyard.kernels.hashing import sha256_file

__all__ = ["PoisonedDataWarning", "is_marked", "marker_of", "read_marker", "said_of_marker"]

SUFFIX = ".poisoned.json"
FORMAT = "steelyard-poisoned"
LARGEST_MARKER = 2**26


class PoisonedDataWarning(UserWarning):
    """Data that are marked as poisoned were read."""


def marker_of(path: Path) -> Path:
    """Return where the marker of a data file lies."""
    return path.with_name(path.name + SUFFIX)


def said_of_marker(path: Path) -> str | None:
    """Return a sentence on what the marker of a data file says, None when it has none."""
    try:
        said = read_marker(path)
    except BadTable:
        return f"{path.name!r} has a marker of poisoned data that cannot be read: take it for poisoned."
    if said is None:
        return None
    attack, count = said.get("attack"), said.get("count")
    return f"{path.name!r} is marked as poisoned on purpose (attack: {attack}, rows: {count})."


def read_marker(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Return the marker of a data file, None when it has none.

    Parameters
    ----------
    path : path
        The data file. A marker is found by its name, or by the file's hash in any marker of the same folder,
        so that a renamed file still has its own.

    Returns
    -------
    dict or None

    Raises
    ------
    BadTable
        There is a marker of that name, and it cannot be read: then the data must not be taken for clean.
    """
    place = Path(path)
    own = marker_of(place)
    if own.exists():
        return _read(own)
    others = sorted(place.parent.glob(f"*{SUFFIX}"))
    if not others or not place.is_file():
        return None
    digest = sha256_file(place)
    for other in others:
        try:
            said = _read(other)
        except BadTable:
            continue  # another file's marker; whose it is cannot be told
        if said.get("sha256") == digest:
            return said
    return None


def is_marked(path: str | os.PathLike[str]) -> bool:
    """Whether a data file says of itself that it was poisoned on purpose.

    False does not mean that the data are clean: a marker can be deleted, and nobody else writes one.

    Parameters
    ----------
    path : path

    Returns
    -------
    bool
        True also where a marker of the file's name cannot be read.
    """
    try:
        return read_marker(path) is not None
    except BadTable:
        return True


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_MARKER:
            raise ValueError("larger than any marker")
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadTable(
            f"cannot read the marker {str(path)!r}: {error}. Take the data for poisoned."
        ) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadTable(f"{str(path)!r} is no marker of ours. Take the data for poisoned, or remove it.")
    return said
