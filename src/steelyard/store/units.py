"""Finished units of work on disk: arrays as npz, the rest as JSON, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.kernels.hashing import sha256_bytes
from steelyard.kernels.write_whole import write_whole

__all__ = ["MANIFEST", "Units"]

MANIFEST = "run.json"  # lies in the same folder and is no unit
NAME_HEX = 40  # hexadecimal digits of a key's digest in its file name


class Units:
    """The units in one folder, each under a key; `RunFolder` says what they belong to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _paths(self, key: str) -> tuple[Path, Path]:
        name = hashlib.sha256(key.encode("utf-8")).hexdigest()[:NAME_HEX]
        return self.folder / f"{name}.npz", self.folder / f"{name}.json"

    def __len__(self) -> int:
        return sum(path.suffix == ".json" and path.name != MANIFEST for path in self.folder.glob("*.json"))

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a finished unit, or None where there is none or its bytes are not whole.

        Parameters
        ----------
        key : str

        Returns
        -------
        dict with 'arrays' (str to ndarray) and 'plain' (as JSON knows it), or None
        """
        arrays_path, plain_path = self._paths(key)
        try:
            data = arrays_path.read_bytes()
            record = json.loads(plain_path.read_text(encoding="utf-8"))
            if record["key"] != key or record["digest"] != _digest(key, record["plain"], data):
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return {"arrays": arrays, "plain": record["plain"]}

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a finished unit, whole; what may be in it is told by `RunFolder.put`."""
        arrays = {name: np.asarray(array) for name, array in value["arrays"].items()}
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise TypeError(f"array {name!r} of {key!r} holds Python objects, which are not kept")
        plain = value["plain"]
        _check_plain(plain, key)
        data = _archive(arrays)
        arrays_path, plain_path = self._paths(key)
        write_whole(arrays_path, data)
        # Written last: the unit counts from here on.
        record = {"key": key, "digest": _digest(key, plain, data), "plain": plain}
        write_whole(plain_path, json.dumps(record))


def _archive(arrays: Mapping[str, Any]) -> bytes:
    """Arrays as the bytes of an npz file; numpy's own writer reserves some of the names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def _digest(key: str, plain: Any, data: bytes) -> str:
    """Digest of a whole unit: its key, its plain part and its arrays."""
    text = json.dumps([key, plain, sha256_bytes(data)], sort_keys=True)
    return sha256_bytes(text.encode("utf-8"))


def _check_plain(value: Any, where: str) -> None:
    """Refuse what JSON would change on its way to the disk and back."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return
    if isinstance(value, list):
        for item in value:
            _check_plain(item, where)
    elif isinstance(value, dict) and all(isinstance(name, str) for name in value):
        for item in value.values():
            _check_plain(item, where)
    else:
        raise TypeError(f"{where!r} holds {value!r}, which JSON would not give back as it is")
