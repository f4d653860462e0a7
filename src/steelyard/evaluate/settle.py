"""From the ledger of a comparison to its intervals, gains, verdict and corrected estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.estimate_rows import (
    Redrawn,
    bootstrap_estimate,
    bootstrap_values,
    fold_estimate,
    recalls,
    redraw,
)
from steelyard.evaluate.gains import gains_by_bootstrap, gains_by_folds
from steelyard.evaluate.held_out import Measure
from steelyard.evaluate.ledger import Ledger
from steelyard.evaluate.nadeau_bengio import LEVEL, corrected_interval
from steelyard.evaluate.protocol import base_key
from steelyard.evaluate.selection import Choice, bias_corrected
from steelyard.evaluate.summarise_reports import summarise_reports
from steelyard.evaluate.synthetic_rows import validity_estimates
from steelyard.evaluate.verdict import Standing, reference_row, verdict_on
from steelyard.kernels.rng import int_seed
from steelyard.records import Estimate, Gain, Row, Verdict

__all__ = ["Settled", "rows_of", "settle"]

BY_FOLDS = "corrected t over folds (Nadeau and Bengio)"
BY_FOLD_SPLITS = ("stratified",)

Estimates = Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True, eq=False)
class Settled:
    """What a comparison comes to."""

    main: Measure
    chosen: str
    verdict: Verdict
    gains: tuple[Gain, ...]
    corrected: Estimate | None
    estimates: Estimates
    method: str
    notes: tuple[str, ...]
    level: float = LEVEL


def _tested_rows(ledger: Ledger) -> NDArray[np.intp]:
    return np.unique(np.concatenate([fold.test for fold in ledger.splitter.folds if fold.repeat == 0]))


def _intervals(
    ledger: Ledger, names: list[str], main: Measure, redrawn: Redrawn | None
) -> tuple[Estimates, Mapping[str, Mapping[str, NDArray[np.float64]]]]:
    """Every metric of every row with its interval, and the bootstrap's replicates if there was one."""
    measures, values = ledger.measures, ledger.values
    if redrawn is None:
        ratio = ledger.splitter.ratio
        return {
            name: {m: fold_estimate(values[name][m], measure, ratio) for m, measure in measures.items()}
            for name in names
        }, {}
    means = {name: {m: ledger.mean(name, measure) for m, measure in measures.items()} for name in names}
    pooled = {name: ledger.pooled(name, None) for name in names}
    drawn = bootstrap_values(pooled, means, measures, main.name, redrawn)
    return {
        name: {
            m: bootstrap_estimate(means[name][m], drawn[name][m], values[name][m], redrawn, measure.bounds)
            for m, measure in measures.items()
        }
        for name in names
    }, drawn


def _gains(
    ledger: Ledger,
    names: list[str],
    against: str,
    main: Measure,
    drawn: Mapping[str, Mapping[str, NDArray[np.float64]]],
    redrawn: Redrawn | None,
) -> tuple[Gain, ...]:
    compared = [against, *(name for name in names if ledger.systems[name].resamples and name != against)]
    folds = {name: ledger.goodness(name, main) for name in compared}
    if redrawn is None:
        return gains_by_folds(folds, against, main.name, ledger.splitter.ratio)
    return gains_by_bootstrap(
        {name: main.sign * ledger.mean(name, main) for name in compared},
        {name: main.sign * drawn[name][main.name] for name in compared},
        folds,
        against,
        main.name,
        redrawn.rare,
    )


def _corrected(
    ledger: Ledger,
    names: list[str],
    chosen: str,
    gains: tuple[Gain, ...],
    main: Measure,
    random_state: int,
) -> Estimate:
    """The winner's estimate with the luck of the choice taken out, dropped rows included."""
    margin = {gain.system: gain.difference.mean - gain.difference.low for gain in gains}
    able = [name for name in names if ledger.systems[name].kind != "constant" or name == chosen]
    choice = Choice(
        np.array([ledger.systems[name].resamples for name in able]),
        np.ones(len(able), dtype=bool),
        np.array([np.nan_to_num(margin.get(name, 0.0), nan=np.inf) for name in able]),
    )
    rows = _tested_rows(ledger)
    redrawn = redraw(ledger.dataset, ledger.codes, rows, len(able), int_seed(random_state, "selection"))
    place = np.full(len(ledger.dataset), -1, dtype=np.intp)
    place[rows] = np.arange(rows.size)
    metrics = []
    for name in able:
        said = ledger.pooled(name)
        prepared, index = main.weigher(said), place[said.rows]
        metrics.append(lambda weight, prepared=prepared, index=index: prepared(weight[index]))
    return bias_corrected(
        ledger.mean(chosen, main),
        able.index(chosen),
        metrics,
        choice,
        redrawn.units,
        sign=main.sign,
        times=redrawn.times,
        bounds=main.bounds,
        random_state=redrawn.random_state,
    )


def _beside_chance(ledger: Ledger, chosen: str, main: Measure) -> tuple[str, ...]:
    """A note when the chosen row cannot be told from the constant one."""
    constants = [name for name in ledger.alive if ledger.systems[name].kind == "constant"]
    if not constants or chosen in constants:
        return ()
    difference = ledger.goodness(chosen, main) - ledger.goodness(constants[0], main)
    found = corrected_interval(difference, ledger.splitter.ratio)
    if not found.low <= 0:
        return ()
    return (
        f"{chosen} cannot be told from guessing: its {main.title} differs from that of {constants[0]} by "
        f"{found.mean:+.2g} [{found.low:.2g}, {found.high:.2g}].",
    )


def settle(ledger: Ledger, main: Measure, random_state: int, *, correct: bool = True) -> Settled:
    """Work out intervals, gains, verdict and, if wanted, the bootstrap bias-corrected estimate.

    Parameters
    ----------
    ledger : Ledger
        Of a finished comparison.
    main : Measure
        What decides.
    random_state : int
    correct : bool

    Returns
    -------
    Settled
    """
    names = [name for name in ledger.systems if ledger.status[name] != "failed"]
    redrawn = None
    if ledger.splitter.kind not in BY_FOLD_SPLITS:
        rows = _tested_rows(ledger)
        seed = int_seed(random_state, "intervals")
        redrawn = redraw(ledger.dataset, ledger.codes, rows, len(names), seed)
    estimates, drawn = _intervals(ledger, names, main, redrawn)
    standing = Standing(
        systems={name: ledger.systems[name] for name in ledger.alive},
        means={name: main.sign * ledger.mean(name, main) for name in names},
        bases={name: base_key(ledger.systems[name]) for name in names},
        metric=main.name,
        title=main.title,
        by_decision=main.metric.needs == "decided",
        higher=main.sign > 0,
    )
    against = reference_row(standing)
    gains = _gains(ledger, names, against, main, drawn, redrawn)
    main_estimates = {name: estimates[name][main.name] for name in names}
    verdict, chosen = verdict_on(standing, against, gains, main_estimates)
    corrected = None
    if correct:
        corrected = _corrected(ledger, names, chosen, gains, main, random_state)
    return Settled(
        main,
        chosen,
        verdict,
        gains,
        corrected,
        estimates,
        BY_FOLDS if redrawn is None else redrawn.method,
        _beside_chance(ledger, chosen, main),
    )


def rows_of(ledger: Ledger, settled: Settled) -> tuple[Row, ...]:
    """Return the rows of the scorecard, in the order the systems were given."""
    made = []
    for name, system in ledger.systems.items():
        failed = ledger.status[name] == "failed"
        pooled = None if failed else ledger.pooled(name)
        made.append(
            Row(
                name,
                system.kind,
                {} if failed else settled.estimates[name],
                {} if pooled is None else recalls(pooled, ledger.dataset, ledger.dataset.classes),
                summarise_reports([report["decision"] for report in ledger.reports[name]]),
                summarise_reports([report["calibration"] for report in ledger.reports[name]]),
                ledger.status[name],
                ledger.notes[name],
                ledger.seconds[name],
                {} if failed else validity_estimates(_validity_of(ledger, name), ledger.splitter.ratio),
            )
        )
    return tuple(made)


def _validity_of(ledger: Ledger, name: str) -> list[Mapping[str, Any] | None]:
    """What each fold found of a system's synthetic rows."""
    return [report.get("validity") for report in ledger.reports[name]]
