"""Poisoned data on disk always say so: the marker beside them, and how it is found again."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steelyard.data import write_table
from steelyard.errors import BadOption, BadTable
from steelyard.kernels.hashing import sha256_bytes, sha256_file
from steelyard.kernels.write_whole import write_whole

__all__ = ["is_marked", "read_marker", "write_poisoned"]

SUFFIX = ".poisoned.json"
FORMAT = "steelyard-poisoned"
VERSION = 1
LARGEST_MARKER = 2**26
ARRAYS = ".npz"
TARGET = "target"


def write_poisoned(
    path: str | os.PathLike[str],
    X: Any,
    y: Any,
    *,
    attack: Any,
    rows: Any,
    target: str = TARGET,
    marker: bool,
) -> Path:
    """Write poisoned data with a marker beside them; without a marker nothing is written.

    The marker goes first: at no moment are the data there without it.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.parquet`` or ``.feather`` for a table, ``.npz`` for arrays.
    X : DataFrame or array
    y : array of shape (n,)
        Labels after the attack.
    attack : LabelFlip, PatchTrigger, TriggerColumns
        What was done; its parameters go into the marker.
    rows : array of int
        Positions of the poisoned rows.
    target : str
        Name of the label column.
    marker : bool
        Must be True: the one way to say that poisoned data are wanted.

    Returns
    -------
    Path
        Of the marker, ``<path>.poisoned.json``.

    Raises
    ------
    BadOption
        ``marker`` is not True, a suffix that cannot be written, or X has a column named ``target``.

    Notes
    -----
    The marker holds the attack and its parameters, the seed, the count and positions of poisoned rows and the
    SHA-256 of the file. It is a label for the careful, not a lock: whoever wants to can delete it.

    Examples
    --------
    >>> import tempfile
    >>> from steelyard.guard.attacks import LabelFlip
    >>> X = pd.DataFrame({"a": [1, 2, 3]})
    >>> flip = LabelFlip("yes", "no", n=1, random_state=0)
    >>> _, y, rows = flip.apply(X, ["yes", "no", "yes"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "poisoned.csv")
    ...     _ = write_poisoned(path, X, y, attack=flip, rows=rows, marker=True)
    ...     is_marked(path), read_marker(path)["count"]
    (True, 1)
    """
    if marker is not True:
        raise BadOption(
            "Poisoned data are written only with a marker that says so. Got marker=False instead; pass "
            "marker=True (on the command line --marker)."
        )
    place = Path(path)
    content = _content(place, X, y, target)
    touched = np.asarray(rows, dtype=np.intp)
    said = {
        "format": FORMAT,
        "version": VERSION,
        "poisoned": True,
        "attack": type(attack).__name__,
        "parameters": {name: _plain(value) for name, value in vars(attack).items()},
        "seed": _plain(getattr(attack, "random_state", None)),
        "count": int(touched.size),
        "rows": touched.tolist(),
        "file": place.name,
        "sha256": sha256_bytes(content),
    }
    beside = _beside(place)
    write_whole(beside, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    write_whole(place, content)
    return beside


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def _content(path: Path, X: Any, y: Any, target: str) -> bytes:
    """The file's bytes, made before anything is written."""
    file = io.BytesIO()
    if path.suffix.lower() == ARRAYS:
        np.savez_compressed(file, X=np.asarray(X), y=np.asarray(y))
        return file.getvalue()
    frame = pd.DataFrame(X).reset_index(drop=True)
    frame.columns = [str(name) for name in frame.columns]
    if target in frame.columns:
        raise BadOption(
            f"The table has a column {target!r} beside the label of that name. Rename one of them."
        )
    frame[target] = np.asarray(y)
    write_table(frame, file, suffix=path.suffix)
    return file.getvalue()


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
    own = _beside(place)
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
    except (OSError, ValueError) as error:
        raise BadTable(
            f"cannot read the marker {str(path)!r}: {error}. Take the data for poisoned."
        ) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadTable(f"{str(path)!r} is no marker of ours. Take the data for poisoned, or remove it.")
    return said
