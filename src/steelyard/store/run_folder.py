"""The folder of a run: what is finished stays on disk, so that a killed run goes on where it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from steelyard.errors import BadOption, UserError
from steelyard.kernels.write_whole import write_whole
from steelyard.store.lock import Lock
from steelyard.store.units import MANIFEST, Units

__all__ = ["RunFolder"]

WORK = ".run"
LOCK = "lock"
OUTPUTS = ("report.html", "scorecard.json", "model.skops", "seal.json")
FORMAT, VERSION = "steelyard-run", 1
SHOWN = 60  # characters of a value in a message


class RunFolder:
    """The output folder of one run and, under ``.run``, the units of work it has finished.

    It is a cache with ``get`` and ``put`` for a comparison. Units are kept under a key made of the
    data's hash, the settings and the versions; a folder begun under another key is refused. A unit
    counts as done only when all of its bytes are there.

    Parameters
    ----------
    out : path
        The output folder; made when it is not there.
    settings : dict
        Everything that changes the numbers, as JSON knows it.
    data_hash : str
        Digest of the data.
    versions : dict of str to str
        Versions of the packages the numbers depend on.
    force : bool
        Start anew over a finished or unfinished run.
    resume : bool
        Go on with an unfinished run.

    Attributes
    ----------
    out : Path
        The output folder.

    Raises
    ------
    BadOption
        The folder holds a finished run without ``force``, an unfinished one without ``resume`` or
        ``force``, or one of other data, settings or versions.
    UserError
        Another process works in it, or it cannot be written to.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with RunFolder(folder, {"folds": 5}, "sha256:0", {}) as run:
    ...         run.put("fold 0", {"arrays": {"proba": np.eye(2)}, "plain": {"seconds": 0.5}})
    ...     with RunFolder(folder, {"folds": 5}, "sha256:0", {}, resume=True) as run:
    ...         value = run.get("fold 0")
    ...         run.finish()
    >>> value["plain"], value["arrays"]["proba"].shape
    ({'seconds': 0.5}, (2, 2))
    """

    def __init__(
        self,
        out: str | os.PathLike[str],
        settings: Mapping[str, Any],
        data_hash: str,
        versions: Mapping[str, str],
        *,
        force: bool = False,
        resume: bool = False,
    ) -> None:
        self.out = Path(out)
        self._work = self.out / WORK
        self._units = Units(self._work)
        key = {"data": data_hash, "settings": dict(settings), "versions": dict(versions)}
        # Through JSON, so that what is asked for and what was kept are told apart by value only.
        self._key: dict[str, Any] = json.loads(json.dumps(key, default=str))
        self._made_out = False
        self._lock = self._open(force, resume)

    def _open(self, force: bool, resume: bool) -> Lock:
        shown = str(self.out)
        if self.out.exists() and not self.out.is_dir():
            raise BadOption(f"--out needs a folder, got the file {shown!r}. Choose another name.")
        finished = [name for name in OUTPUTS if (self.out / name).exists()]
        unfinished = len(self) > 0
        if finished and not unfinished and not force:
            raise BadOption(
                f"{shown!r} already holds a finished run ({', '.join(finished)}). "
                "Choose another --out, or write over it with --force."
            )
        if unfinished and not (resume or force):
            raise BadOption(
                f"{shown!r} holds an unfinished run. Continue it with --resume, or start anew with --force."
            )
        self._made_out = not self.out.exists()
        try:
            self._work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"cannot make the folder {shown!r}: {error.strerror}. Choose another --out."
            ) from error
        lock = Lock(self._work / LOCK)
        try:
            if not lock.current:
                raise UserError(f"another run has just ended in {shown!r}. Try again.")
            if force or not len(self):
                self._begin()
            else:
                self._match()
        except BaseException:
            self._lock = lock
            self.close()
            raise
        return lock

    def _begin(self) -> None:
        """Start with no units, and say in the manifest what this run is."""
        self._clear()
        manifest = {"format": FORMAT, "version": VERSION, **self._key}
        write_whole(self._work / MANIFEST, json.dumps(manifest, indent=1) + "\n")

    def _match(self) -> None:
        """Compare with what the folder was begun with."""
        try:
            begun = json.loads((self._work / MANIFEST).read_text(encoding="utf-8"))
            known = begun["format"] == FORMAT and begun["version"] == VERSION
        except (OSError, ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise BadOption(
                f"the unfinished run in {str(self.out)!r} cannot be read by this version. "
                "Start anew with --force."
            )
        differences = _differences(begun, self._key)
        if differences:
            raise BadOption(
                f"the unfinished run in {str(self.out)!r} cannot be continued, for it was begun with other "
                f"{'; '.join(differences)}. Use what it was begun with, or start anew with --force."
            )

    def _clear(self) -> None:
        """Remove the units and the manifest, the manifest last of all; the lock stays."""
        for path in sorted(self._work.iterdir(), key=lambda path: path.name == MANIFEST):
            if path.name != LOCK:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def __len__(self) -> int:
        """Count the units that are recorded as finished."""
        return len(self._units)

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a finished unit, or None where there is none or its bytes are not whole.

        Parameters
        ----------
        key : str

        Returns
        -------
        dict with 'arrays' (str to ndarray) and 'plain' (as JSON knows it), or None
        """
        return self._units.get(key)

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a finished unit; it is on the disk when this returns.

        Parameters
        ----------
        key : str
        value : dict
            'arrays': str to ndarray, none of objects; 'plain': dicts with text keys, lists, numbers,
            text, booleans and None.

        Raises
        ------
        UserError
            The disk is full or the folder cannot be written to.
        TypeError
            The value would not come back as it was.
        """
        self._units.put(key, value)

    def finish(self) -> None:
        """Remove what was kept for resuming; the run is done."""
        self._clear()
        self._leave(remove=True)

    def close(self) -> None:
        """Let others in again; an unfinished run stays resumable, one without any unit leaves no trace."""
        if self._lock.current:
            self._leave(remove=not len(self))
            if self._made_out:
                with contextlib.suppress(OSError):
                    self.out.rmdir()  # fails where there is anything in it, as it should

    def _leave(self, remove: bool) -> None:
        """Unlock, and remove the work folder while nobody else can be in it."""
        if remove:
            shutil.rmtree(self._work, ignore_errors=True)
        still_there = remove and self._work.exists()
        self._lock.release()
        if still_there:  # a system that does not remove open files; one that is in use again stays
            shutil.rmtree(self._work, ignore_errors=True)

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _differences(begun: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """What differs between two keys, one phrase each."""
    phrases = []
    if begun.get("data") != asked["data"]:
        phrases.append("data (the table or its loading options changed)")
    for part in ("settings", "versions"):
        old, new = _flat(begun.get(part)), _flat(asked[part])
        phrases += [
            f"{part}: {name} was {_show(old, name)}, now {_show(new, name)}"
            for name in sorted(set(old) | set(new))
            if name not in old or name not in new or old[name] != new[name]
        ]
    return phrases


def _flat(values: Any, under: str = "") -> dict[str, Any]:
    """Nested settings by dotted names, so that a message names the one that differs."""
    if not isinstance(values, dict):
        return {under: values}
    return {
        name: value
        for key, inner in values.items()
        for name, value in _flat(inner, f"{under}.{key}" if under else key).items()
    }


def _show(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "not given"
    text = json.dumps(values[name])
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
