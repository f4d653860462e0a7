"""Runs the units of a recipe on all cores; what is in the cache is not run again."""

from __future__ import annotations

import math
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate import MemoryCache
from steelyard.evaluate.run import Cache
from steelyard.kernels.progress import Progress
from steelyard.recipes.machinery.one_thread import one_thread
from steelyard.recipes.machinery.unit import Measured, Unit

__all__ = ["keys_of", "run_units"]

Done = dict[str, Any]


def keys_of(units: Sequence[Unit]) -> list[str]:
    """Return a key for each unit, made of its name and of what it will call with which arguments.

    Raises
    ------
    BadOption
        There are no units, one cannot be sent to another process, or two are the same.
    """
    if not units:
        raise BadOption("a recipe needs at least one unit of work. Got none.")
    keys = []
    for unit in units:
        try:
            keys.append(f"{unit.name} · {joblib.hash(unit.measure)}")
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise BadOption(
                f"the 'measure' of the unit {unit.name!r} must be picklable. Got {unit.measure!r} instead. "
                "Use functools.partial of a function at the top of a module."
            ) from error
    seen: set[str] = set()
    for unit, key in zip(units, keys, strict=True):
        if key in seen:
            raise BadOption(f"the unit {unit.name!r} is there twice. Give each its own seed or arguments.")
        seen.add(key)
    return keys


def run_units(
    units: Sequence[Unit],
    *,
    jobs: int | None = None,
    cache: Cache | None = None,
    progress: bool | None = None,
    label: str = "units",
) -> list[Done]:
    """Run every unit, and return what came out in the order of the units.

    Parameters
    ----------
    units : sequence of Unit
    jobs : int, optional
        Worker processes, all cores by default; the figures do not depend on it.
    cache : Cache, optional
        Keeps each unit as soon as it is finished.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.
    label : str
        What the bar says is being done.

    Returns
    -------
    list of dict
        'rows' (dicts of 'dataset', 'protocol', 'system' and 'values') and 'seconds'.

    Raises
    ------
    BadOption
        A unit cannot be run as it is, or did not return a list of `Measured`.
    CannotEvaluate
        A worker process was killed, most likely for want of memory.
    """
    keys = keys_of(units)
    kept = MemoryCache() if cache is None else cache
    done: dict[str, Done] = {}
    for key in keys:
        value = kept.get(key)
        if value is not None:
            done[key] = value["plain"]
    waiting = [(key, unit) for key, unit in zip(keys, units, strict=True) if key not in done]
    names = dict(zip(keys, (unit.name for unit in units), strict=True))
    workers = max(1, min(jobs or joblib.cpu_count(), len(waiting)))
    with Progress(len(units), label, enabled=progress) as bar:
        bar.advance(len(done))
        try:
            for key, plain in _finished(waiting, workers):
                kept.put(key, {"arrays": {}, "plain": plain})
                done[key] = plain
                bar.advance(note=names[key])
        except TerminatedWorkerError as problem:
            raise CannotEvaluate(
                f"A worker process died, most likely for want of memory with {workers} jobs. "
                "Use fewer jobs; finished units are kept when the run is resumed."
            ) from problem
    return [done[key] for key in keys]


def _finished(waiting: Sequence[tuple[str, Unit]], workers: int) -> Iterator[tuple[str, Done]]:
    """Each unit as soon as it is finished."""
    if workers == 1:
        for key, unit in waiting:
            yield _measured(key, unit.name, unit.dataset, unit.protocol, unit.measure)
        return
    # One unit a worker and none waiting beside it, so that little is lost when the run is stopped.
    parallel = joblib.Parallel(
        n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch=workers
    )
    yield from parallel(
        joblib.delayed(_measured)(key, unit.name, unit.dataset, unit.protocol, unit.measure)
        for key, unit in waiting
    )


def _measured(
    key: str, name: str, dataset: str, protocol: str, measure: Callable[[], list[Measured]]
) -> tuple[str, Done]:
    """Run one unit, in whichever process this is."""
    start = time.perf_counter()
    try:
        with one_thread():
            results = measure()
    except Exception as error:
        error.add_note(f"in the unit {name!r}")
        raise
    seconds = time.perf_counter() - start
    if not isinstance(results, (list, tuple)) or not all(isinstance(row, Measured) for row in results):
        raise BadOption(f"the unit {name!r} must return a list of Measured. Got {results!r} instead.")
    rows = [
        {
            "dataset": row.dataset or dataset,
            "protocol": row.protocol or protocol,
            "system": row.system,
            "values": {metric: _plain(value) for metric, value in row.values.items()},
        }
        for row in results
    ]
    return key, {"rows": rows, "seconds": seconds}


def _plain(value: Any) -> float | None:
    """A value as JSON knows it; what is not finite is None."""
    number = float(value)
    return number if math.isfinite(number) else None
