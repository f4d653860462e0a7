"""Runs the units of a comparison, on any number of workers; what is in the cache is not fitted again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import joblib
import numpy as np
from joblib.externals.loky.process_executor import TerminatedWorkerError
from numpy.typing import NDArray

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.make_splitter import Fold, Splitter
from steelyard.evaluate.protocol import System, base_key
from steelyard.evaluate.unit import fit_unit
from steelyard.kernels.progress import Progress
from steelyard.records import Dataset

__all__ = ["Cache", "Grid", "MemoryCache", "Outcome"]

KEY_DIGITS = 24


class Cache(Protocol):
    """Where finished units are kept, so that a killed run goes on where it was."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the value of ``key``: ``arrays`` (name to ndarray) and ``plain`` (JSON), or None."""

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep the value of ``key``; on disk before it returns."""


class MemoryCache:
    """Keeps finished units while the process lives.

    Examples
    --------
    >>> cache = MemoryCache()
    >>> cache.put("unit", {"arrays": {}, "plain": {}})
    >>> cache.get("unit"), cache.get("other")
    ({'arrays': {}, 'plain': {}}, None)
    """

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def get(self, key: str) -> dict[str, Any] | None:
        """Return what was put under ``key``, or None."""
        return self.values.get(key)

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep ``value`` under ``key``."""
        self.values[key] = value


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one system said in one fold; ``error`` is None, or the sentence of what went wrong."""

    proba: NDArray[np.float64] | None
    decided: NDArray[np.intp] | None
    report: Mapping[str, Any]
    seconds: float

    @property
    def error(self) -> Mapping[str, Any] | None:
        """What went wrong, or None."""
        return self.report["error"]  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class _Unit:
    key: str
    fold: Fold
    systems: tuple[System, ...]


_LOADED: dict[str, tuple[Dataset, NDArray[Any]]] = {}  # what this worker has read, by path


def _fit_from_file(path: str, fold: Fold, systems: Sequence[System]) -> dict[str, Any]:
    """Do one unit in a worker; the data are read, as memory maps, at its first one."""
    if path not in _LOADED:
        _LOADED.clear()
        _LOADED[path] = joblib.load(path, mmap_mode="r")
    dataset, classes = _LOADED[path]
    return fit_unit(dataset, fold, systems, classes)


def _numbered(unit: _Unit, path: str) -> tuple[str, dict[str, Any]]:
    return unit.key, _fit_from_file(path, unit.fold, unit.systems)


class Grid:
    """All units of one comparison.

    Parameters
    ----------
    dataset : Dataset
    splitter : Splitter
    systems : mapping of name to System
    jobs : int
        Worker processes, each with one thread; 1 stays in this process. Numbers do not depend on it.
    cache : Cache
    progress : Progress
        Advanced by one for each finished unit.
    """

    def __init__(
        self,
        dataset: Dataset,
        splitter: Splitter,
        systems: Mapping[str, System],
        *,
        jobs: int,
        cache: Cache,
        progress: Progress,
    ) -> None:
        self.dataset = dataset
        self.splitter = splitter
        self.systems = dict(systems)
        self.jobs = jobs
        self.cache = cache
        self.progress = progress
        self.classes = dataset.classes
        self.outcomes: dict[tuple[str, int], Outcome] = {}
        self.warnings: dict[str, dict[str, int]] = {name: {} for name in systems}
        self._fingerprint = dataset.hash or str(joblib.hash((dataset.X, dataset.y, dataset.weight)))

    @property
    def n_bases(self) -> int:
        """Inner estimators that are really fitted."""
        return len({base_key(system) for system in self.systems.values()})

    def _units(self, repeat: int, alive: Sequence[str]) -> list[_Unit]:
        bases: dict[str, list[System]] = {}
        for name in alive:
            bases.setdefault(base_key(self.systems[name]), []).append(self.systems[name])
        folds = [fold for fold in self.splitter.folds if fold.repeat == repeat]
        return [
            _Unit(self._key(fold, base, members), fold, tuple(members))
            for fold in folds
            for base, members in bases.items()
        ]

    def _key(self, fold: Fold, base: str, members: Sequence[System]) -> str:
        """A name that is safe for files, and a digest of all that the unit depends on."""
        parts = [
            self._fingerprint,
            base,
            joblib.hash((fold.train, fold.test)),
            *(f"{system.name}:{joblib.hash(system.estimator)}" for system in members),
        ]
        digest = sha256("\n".join(parts).encode()).hexdigest()[:KEY_DIGITS]
        return f"r{fold.repeat}-f{fold.fold}-{digest}"

    def run(self, repeat: int, alive: Sequence[str]) -> None:
        """Finish all units of one repeat for the systems in ``alive``.

        Raises
        ------
        CannotEvaluate
            A worker process was killed, most likely for want of memory.
        """
        units = self._units(repeat, alive)
        waiting: list[_Unit] = []
        for unit in units:
            value = self.cache.get(unit.key)
            if value is None:
                waiting.append(unit)
            else:
                self._take(unit, value)
        by_key = {unit.key: unit for unit in waiting}
        try:
            for key, value in self._fitted(waiting):
                if not any(report["error"] for report in value["plain"]["systems"].values()):
                    self.cache.put(key, value)
                self._take(by_key[key], value)
        except TerminatedWorkerError as problem:
            raise CannotEvaluate(
                f"A worker process died while fitting, most likely for want of memory with {self.jobs} jobs. "
                "Use fewer jobs; finished units are kept when the run is resumed."
            ) from problem

    def _fitted(self, units: Sequence[_Unit]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each finished unit, as soon as it is finished."""
        if not units:
            return
        if self.jobs == 1:
            for unit in units:
                yield unit.key, fit_unit(self.dataset, unit.fold, unit.systems, self.classes)
            return
        with self._data_file() as path:
            parallel = joblib.Parallel(n_jobs=self.jobs, return_as="generator_unordered", batch_size=1)
            yield from parallel(joblib.delayed(_numbered)(unit, path) for unit in units)

    @contextmanager
    def _data_file(self) -> Iterator[str]:
        """The data in a file for the workers, for as long as they need it."""
        with tempfile.TemporaryDirectory(prefix="steelyard-") as folder:
            path = str(Path(folder) / "data.joblib")
            joblib.dump((self.dataset, self.classes), path)
            yield path

    def _take(self, unit: _Unit, value: Mapping[str, Any]) -> None:
        shared = float(value["plain"]["seconds"]) / len(unit.systems)
        for i, system in enumerate(unit.systems):
            report = value["plain"]["systems"][system.name]
            self.outcomes[system.name, unit.fold.number] = Outcome(
                value["arrays"].get(f"proba_{i}"),
                value["arrays"].get(f"decided_{i}"),
                report,
                shared + float(report.get("seconds", 0.0)),
            )
            told = self.warnings[system.name]
            for sentence in value["plain"]["warnings"]:
                told[sentence] = told.get(sentence, 0) + 1
        self.progress.advance(note=unit.systems[0].name)
