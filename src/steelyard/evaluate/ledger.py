"""Keeps what every system said and scored, fold by fold, and which rows were dropped or failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.drop_hopeless import hopeless
from steelyard.evaluate.held_out import Measure, Said, joined
from steelyard.evaluate.make_splitter import Splitter
from steelyard.evaluate.protocol import System
from steelyard.evaluate.run import Grid
from steelyard.records import Dataset, Predictions, Status

__all__ = ["Ledger"]

WARNINGS_TOLD = 2


class Ledger:
    """The results of a comparison while it runs.

    Attributes
    ----------
    values : dict of system to dict of metric to ndarray of shape (units,)
        NaN where a system was not run or the metric is not defined.
    said : dict of system to dict of unit number to Said
    status, notes : dict of system to str
    """

    def __init__(
        self,
        dataset: Dataset,
        splitter: Splitter,
        systems: Mapping[str, System],
        measures: Mapping[str, Measure],
    ) -> None:
        self.dataset = dataset
        self.splitter = splitter
        self.systems = systems
        self.measures = measures
        self.codes = np.searchsorted(dataset.classes, dataset.y)
        units = len(splitter.folds)
        self.values = {name: {metric: np.full(units, np.nan) for metric in measures} for name in systems}
        self.said: dict[str, dict[int, Said]] = {name: {} for name in systems}
        self.reports: dict[str, list[Mapping[str, Any]]] = {name: [] for name in systems}
        self.status: dict[str, Status] = dict.fromkeys(systems, "kept")
        self.notes = {name: system.note for name, system in systems.items()}
        self.seconds = dict.fromkeys(systems, 0.0)

    @property
    def alive(self) -> list[str]:
        """Systems neither dropped nor failed, in the order given."""
        return [name for name, status in self.status.items() if status == "kept"]

    def take(self, grid: Grid, repeat: int) -> None:
        """Measure a finished repeat of all systems that are alive.

        Raises
        ------
        CannotEvaluate
            A baseline failed, so that nothing can be compared.
        """
        folds = [fold for fold in self.splitter.folds if fold.repeat == repeat]
        for name in self.alive:
            for fold in folds:
                outcome = grid.outcomes[name, fold.number]
                if outcome.error is not None:
                    self._fail(name, fold.repeat, fold.fold, outcome.error)
                    break
                weight = self.dataset.weight
                said = Said(
                    fold.test,
                    self.codes[fold.test],
                    outcome.proba,
                    outcome.decided,
                    None if weight is None else weight[fold.test],
                )
                self.said[name][fold.number] = said
                self.reports[name].append(outcome.report)
                self.seconds[name] += outcome.seconds
                for metric, measure in self.measures.items():
                    self.values[name][metric][fold.number] = measure.value(said)

    def _fail(self, name: str, repeat: int, fold: int, error: Mapping[str, Any]) -> None:
        sentence = f"Failed in fold {fold + 1} of repeat {repeat + 1}: {error['message']}"
        if not self.systems[name].is_baseline:
            self.status[name] = "failed"
            self._note(name, sentence)
            return
        if error["mendable"]:
            raise CannotEvaluate(f"The row {name!r} must not fail. {sentence}")
        raise RuntimeError(f"The row {name!r} must not fail. {sentence}\n{error['trace']}")

    def drop(self, main: Measure) -> None:
        """Drop the rows without a chance by the main metric."""
        candidates = {name for name in self.alive if not self.systems[name].is_baseline}
        found = hopeless(
            {name: self.goodness(name, main) for name in self.alive}, candidates, self.splitter.ratio
        )
        for name, sentence in found.items():
            self.status[name] = "dropped"
            self._note(name, sentence)

    def _note(self, name: str, sentence: str) -> None:
        self.notes[name] = f"{self.notes[name]} {sentence}".strip()

    def tell_warnings(self, grid: Grid) -> None:
        """Put what libraries warned of into the notes, with how often."""
        for name, told in grid.warnings.items():
            often = sorted(told.items(), key=lambda item: (-item[1], item[0]))
            for sentence, times in often[:WARNINGS_TOLD]:
                self._note(name, f"Warned in {times} fits: {sentence}")

    def goodness(self, name: str, measure: Measure) -> NDArray[np.float64]:
        """Fold values of a system, turned so that more is better."""
        return np.asarray(measure.sign * self.values[name][measure.name])

    def mean(self, name: str, measure: Measure) -> float:
        """Mean of the defined fold values, in the metric's own direction."""
        known = self.values[name][measure.name]
        known = known[~np.isnan(known)]
        return float(known.mean()) if known.size else float("nan")

    def folds_said(self, name: str, repeat: int | None = None) -> list[Said]:
        """Predictions of a system by fold, of one repeat or of all."""
        wanted = [fold.number for fold in self.splitter.folds if repeat in (None, fold.repeat)]
        return [self.said[name][number] for number in wanted if number in self.said[name]]

    def pooled(self, name: str, repeat: int | None = 0) -> Said:
        """Predictions of a system for all tested rows of one repeat, or of all, as one."""
        return joined(self.folds_said(name, repeat))

    def predictions(self, name: str) -> Predictions:
        """All predictions of a system, as the record that travels with the scorecard."""
        numbers = sorted(self.said[name])
        said = joined([self.said[name][number] for number in numbers])
        sizes = [self.said[name][number].rows.size for number in numbers]
        fold = np.repeat(np.asarray(numbers, dtype=np.intp), sizes)
        return Predictions(said.rows, fold, said.proba, said.decided)
