"""Compares systems on the same folds, fairly: remedies inside the folds, plain rows always beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import joblib
import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.evaluate.drop_hopeless import RULE
from steelyard.evaluate.held_out import Measure, chance_levels, measures_for
from steelyard.evaluate.ledger import Ledger
from steelyard.evaluate.make_splitter import Splitter, make_splitter
from steelyard.evaluate.nadeau_bengio import corrected_interval
from steelyard.evaluate.protocol import System, as_systems, base_key
from steelyard.evaluate.run import Cache, Grid, MemoryCache
from steelyard.evaluate.settle import Settled, rows_of, settle
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import RandomState, int_seed, root_seed
from steelyard.records import Dataset, Estimate, Scorecard

__all__ = ["compare"]

Selection = Literal["bbc", "nested"]
SELECTIONS = ("bbc", "nested")
INNER_FOLDS = 3
NESTED_METHOD = "nested cross-validation"


@dataclass(frozen=True)
class _Workplace:
    """How units are run; nothing of it may change a number."""

    jobs: int
    cache: Cache
    progress: bool | None


def _run(
    dataset: Dataset,
    systems: Mapping[str, System],
    splitter: Splitter,
    measures: Mapping[str, Measure],
    main: Measure,
    drop: bool,
    place: _Workplace,
    label: str,
) -> Ledger:
    """Fit and measure all units, one complete repeat after the other."""
    bases = len({base_key(system) for system in systems.values()})
    ledger = Ledger(dataset, splitter, systems, measures)
    with Progress(len(splitter.folds) * bases, label, enabled=place.progress) as bar:
        grid = Grid(dataset, splitter, systems, jobs=place.jobs, cache=place.cache, progress=bar)
        for repeat in range(splitter.n_repeats):
            grid.run(repeat, ledger.alive)
            ledger.take(grid, repeat)
            if drop and repeat + 1 < splitter.n_repeats:
                ledger.drop(main)
    ledger.tell_warnings(grid)
    return ledger


def _nested(ledger: Ledger, main: Measure, random_state: int, place: _Workplace) -> Estimate:
    """Choose anew inside each outer fold, and measure that choice on the fold's test rows."""
    values = []
    outer = [fold for fold in ledger.splitter.folds if fold.repeat == 0]
    systems = {name: s for name, s in ledger.systems.items() if ledger.status[name] != "failed"}
    for fold in outer:
        known = ledger.dataset.take(fold.train)
        inner = make_splitter(known, INNER_FOLDS, 1, int_seed(random_state, "nested", fold.repeat, fold.fold))
        if not np.array_equal(known.classes, ledger.dataset.classes):
            raise BadOption("Nested selection needs every class in every training part. Use selection='bbc'.")
        label = f"choosing in fold {fold.fold + 1} of {len(outer)}"
        inside = _run(known, systems, inner, {main.name: main}, main, False, place, label)
        chosen = settle(inside, main, random_state, correct=False).chosen
        values.append(ledger.values[chosen][main.name][fold.number])
    found = corrected_interval(values, ledger.splitter.ratio, bounds=main.bounds)
    return replace(found, method=NESTED_METHOD)


def _workers(jobs: int | None) -> int:
    """Workers to use: all cores for None and -1, as in joblib."""
    if jobs is not None and (jobs == 0 or jobs < -1):
        raise BadOption(f"jobs must be a positive number, or -1 for all cores. Got {jobs} instead.")
    return int(joblib.cpu_count()) if jobs in (None, -1) else int(jobs or 1)


def _protocol(
    ledger: Ledger, measures: Mapping[str, Measure], settled: Settled, **asked: Any
) -> dict[str, Any]:
    """What a reader must know to judge the figures."""
    splitter = ledger.splitter
    # A class that is never tested has no chance level, and must not lower that of the others.
    tested = ledger.dataset.take(np.unique(np.concatenate([fold.test for fold in splitter.folds])))
    return {
        "splitter": splitter.kind,
        "folds": splitter.n_folds,
        "repeats": splitter.n_repeats,
        "units": len(splitter.folds),
        "not_evaluated": [str(label) for label in splitter.not_evaluated],
        "metric": settled.main.name,
        "metrics": list(measures),
        "intervals": settled.method,
        "level": settled.level,
        "gains": "paired, corrected by Holm's method for the number of remedies",
        "recall": "Wilson's interval on the first repeat",
        "dropping": RULE if asked["drop_hopeless"] else "none",
        "chance": chance_levels(tested, measures, ledger.dataset.classes),
        **asked,
    }


def compare(
    systems: Mapping[str, Any],
    dataset: Dataset,
    *,
    metrics: Sequence[str] | None = None,
    metric: str | None = None,
    folds: int = 5,
    repeats: int | None = None,
    cost: ArrayLike | None = None,
    positive: Any = None,
    review: int | None = None,
    jobs: int | None = 1,
    cache: Cache | None = None,
    progress: bool | None = None,
    drop_hopeless: bool = True,
    random_state: RandomState = 0,
    selection: Selection = "bbc",
    use_part: bool = False,
) -> Scorecard:
    """Measure systems on the same folds and say whether resampling helps.

    Everything that looks at labels is fitted on training rows only. Systems with equal inner
    estimators share one fit per fold and one set of inner out-of-fold scores. Rows that are hopeless
    after a complete repeat are dropped, but stay in the table and in the corrections.

    Parameters
    ----------
    systems : mapping of name to System, Decided or classifier
        At least one row must not resample.
    dataset : Dataset
        With ``groups``, whole groups are moved and drawn; with ``time``, the past predicts the future.
    metrics : list of str, optional
        Names of `steelyard.metrics.METRICS`; all that can be computed by default.
    metric : str, optional
        What decides: expected cost when there is a ``cost``, else average precision.
    folds : int
        Fewer when a class is too rare; never fewer than 3 for that reason.
    repeats : int, optional
        By the size of the table when None.
    cost : array of shape (k, k), optional
        ``cost[true, predicted]``, classes in sorted order.
    positive : label, optional
        The class of interest of a two-class table; the rare one by default.
    review : int, optional
        Rows that can be looked at, for a table as long as this one; adds precision at k.
    jobs : int or None
        Worker processes; None and -1 for all cores. The numbers do not depend on it.
    cache : object with ``get`` and ``put``, optional
        Keeps finished units; see `Cache`.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.
    drop_hopeless : bool
    random_state : int, RandomState, Generator or None
    selection : "bbc" or "nested"
        How the luck of being chosen is taken out of the winner's figure: from the predictions at hand,
        or by choosing anew inside each outer fold (as many fits again, times three).
    use_part : bool
        Use the data set's official train and test parts instead of folds.

    Returns
    -------
    Scorecard

    Raises
    ------
    CannotEvaluate
        Too few rows of a class, or a baseline failed.
    BadOption
        A metric, selection or number that makes no sense here.

    References
    ----------
    Nadeau and Bengio 2003 (intervals, paired tests); Holm 1979 (several remedies); Tsamardinos,
    Greasidou and Borboudakis 2018 (the winner's correction).

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imblearn.over_sampling import RandomOverSampler
    >>> from imblearn.pipeline import make_pipeline
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = np.where(X[:, 0] + rng.normal(size=200) > 1.8, "fraud", "ok")
    >>> card = compare(
    ...     {"plain": LogisticRegression(),
    ...      "over": make_pipeline(RandomOverSampler(random_state=0), LogisticRegression())},
    ...     Dataset(X, y), repeats=1)
    >>> card.verdict.resampling_helps, card.chosen
    (False, 'plain')
    """
    if selection not in SELECTIONS:
        raise BadOption(f"selection must be one of {list(SELECTIONS)}. Got {selection!r} instead.")
    seed = root_seed(random_state)
    place = _Workplace(_workers(jobs), MemoryCache() if cache is None else cache, progress)
    measures, main = measures_for(
        dataset, metrics=metrics, metric=metric, cost=cost, positive=positive, review=review
    )
    rows = as_systems(systems, seed)
    splitter = make_splitter(dataset, folds, repeats, int_seed(seed, "splits"), use_part=use_part)
    ledger = _run(dataset, rows, splitter, measures, main, drop_hopeless, place, "evaluating")
    settled = settle(ledger, main, seed, correct=selection == "bbc")
    corrected = settled.corrected
    if selection == "nested":
        corrected = _nested(ledger, main, seed, place)
    protocol = _protocol(
        ledger,
        measures,
        settled,
        drop_hopeless=drop_hopeless,
        selection=selection,
        random_state=seed,
        positive=None if main.positive is None else str(dataset.classes[main.positive]),
        cost=None if main.cost is None else main.cost.tolist(),
        review=review,
    )
    return Scorecard(
        data=dataset.to_dict(),
        protocol=protocol,
        rows=rows_of(ledger, settled),
        gains=settled.gains,
        verdict=settled.verdict,
        chosen=settled.chosen,
        corrected=corrected,
        notes=(*splitter.notes, *settled.notes),
        predictions={name: ledger.predictions(name) for name in rows if ledger.said[name]},
    )
