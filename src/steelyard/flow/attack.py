"""Attack one's own table on purpose: what wrong labels would do to each rare class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib

from steelyard.errors import BadOption
from steelyard.evaluate.exposure import SHARES, exposure
from steelyard.evaluate.exposure_curve import Exposure
from steelyard.flow.exposure_panel import measuring
from steelyard.flow.settings import Settings
from steelyard.flow.source import need_table, to_dataset
from steelyard.flow.systems import build_systems
from steelyard.guard.attacks import LabelFlip, write_poisoned
from steelyard.records import Dataset
from steelyard.report import collect, render
from steelyard.store import write_whole

__all__ = ["attack"]

SEEDS = 5
DEFAULT_SYSTEM = "plain"
DECIDING_SYSTEM = "threshold"
DEFAULT_TARGET = "target"


def attack(
    source: Any,
    target: str | None = None,
    *,
    flip: Mapping[Any, Any] | None = None,
    shares: Sequence[float] = SHARES,
    seeds: int = SEEDS,
    with_: str | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    html: str | Path | None = None,
    write: str | Path | None = None,
    marker: bool = False,
    reading: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> Exposure:
    """Flip labels in training on purpose, and measure what becomes of each rare class.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    flip : mapping of label to label, optional
        Which class is flipped into which; by default the three rarest classes, each into the one it is
        confused with most.
    shares : sequence of float
        Of the class's training labels.
    seeds : int
        Splits.
    with_ : str, optional
        The row that is attacked, by its name in `compare`: "plain" by default, "threshold" when the settings
        say how to decide.
    settings : Settings, optional
        The metric that decides whether an attack would be noticed, prices, the seed.
    jobs : int, optional
        Worker processes, all cores by default; the numbers do not depend on it.
    html : path, optional
        Where to write the curves as a page.
    write : path, optional
        Where to write the whole table with the largest share of ``flip`` flipped; one class only.
    marker : bool
        Poisoned data are written only with a marker beside them: True, or nothing is written.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    progress : bool, optional

    Returns
    -------
    Exposure

    Raises
    ------
    UserError
        The table cannot be read or attacked, or poisoned data were to be written without a marker.

    Examples
    --------
    >>> found = attack("glass", shares=(0.25,), seeds=1, jobs=1, reading={"rare": "drop"})
    >>> len(found.curves), found.metric
    (3, 'average_precision')
    """
    if write is not None:
        _check_writing(flip, marker)
    dataset = to_dataset(source, target, reading)
    need_table(dataset, "An attack")
    settings = settings or Settings()
    name = with_ or _attacked(settings)
    systems = build_systems(dataset, settings, [name])
    if name not in systems:
        raise BadOption(f"--with {name} is no row that learns. Name a learner or a sampler, or leave it out.")
    system = systems[name]
    found = exposure(
        system.estimator,
        dataset,
        shares=shares,
        seeds=seeds,
        jobs=joblib.cpu_count() if jobs is None else jobs,
        random_state=settings.random_state,
        progress=progress,
        **({} if flip is None else {"classes": flip}),
        **measuring(dataset, settings),
    )
    if write is not None and flip:
        _write(dataset, flip, max(shares), settings.random_state, write, marker)
    if html is not None:
        asked = {**settings.to_dict(), "kind": "attack", "system": name}
        write_whole(Path(html), render(collect(dataset, exposure=found, settings=asked)))
    return found


def _attacked(settings: Settings) -> str:
    """The row that decides as the settings say."""
    ways = (settings.cost, settings.review, settings.min_recall)
    return DEFAULT_SYSTEM if all(way is None for way in ways) else DECIDING_SYSTEM


def _check_writing(flip: Mapping[Any, Any] | None, marker: bool) -> None:
    """Refuse before anything is measured."""
    if not marker:
        raise BadOption("Poisoned data are written only with a marker that says so. Add --marker to --write.")
    if not flip or len(flip) != 1:
        raise BadOption("--write writes the table with one class flipped. Give one --flip, such as fraud:ok.")


def _write(
    dataset: Dataset, flip: Mapping[Any, Any], share: float, seed: int, path: str | Path, marker: bool
) -> None:
    """Write the whole table with labels of one class flipped, and the marker."""
    (pair,) = flip.items()
    made = LabelFlip(*pair, share=share, random_state=seed)
    X, y, rows = made.apply(dataset.X, dataset.y)
    label = dataset.schema.target if dataset.schema and dataset.schema.target else DEFAULT_TARGET
    write_poisoned(path, X, y, attack=made, rows=rows, target=label, marker=marker)
