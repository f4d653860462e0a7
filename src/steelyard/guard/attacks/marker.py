"""Poisoned data on disk always say so: they are written with a marker beside them, or not at all."""

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
from steelyard.data.poison_marker import FORMAT, marker_of
from steelyard.errors import BadOption
from steelyard.kernels.hashing import sha256_bytes
from steelyard.kernels.write_whole import write_whole

__all__ = ["write_poisoned"]

VERSION = 1
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
    >>> from steelyard.guard.attacks import LabelFlip, is_marked, read_marker
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
    beside = marker_of(place)
    write_whole(beside, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    write_whole(place, content)
    return beside


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
