"""From what clean and poisoned models say to the points of a curve, and to what would be noticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from steelyard.evaluate.bootstrap import FEWEST_REPLICATES, units_of, weights_of
from steelyard.evaluate.exposure_curve import ExposureCurve, ExposurePoint, flips_to_break
from steelyard.evaluate.exposure_trials import Trial
from steelyard.evaluate.held_out import Measure, Said
from steelyard.evaluate.nadeau_bengio import corrected_interval
from steelyard.metrics.attack_report import AttackReport, attack_report
from steelyard.metrics.confusion import confusion
from steelyard.metrics.visibility import accuracy_visibility_bound
from steelyard.records import Dataset, Estimate

__all__ = ["Curves", "noise_of"]

SEEDS_FOR_SPREAD = 3
Z = 2.0
BROKEN = 0.5
SHARE, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)


def noise_of(trials: Sequence[Trial], measure: Measure, dataset: Dataset) -> tuple[float, str]:
    """By how much a figure may fall by chance, and where that comes from."""
    if len(trials) >= SEEDS_FOR_SPREAD and dataset.time is None:
        values = [measure.value(trial.said) for trial in trials]
        return Z * float(np.std(values, ddof=1)), f"two standard deviations over {len(trials)} clean splits"
    first = trials[0]
    test = first.parts.test
    units = units_of(len(test), test.groups, test.time)
    weigh = measure.weigher(first.said)
    drawn = [weigh(weight) for weight in weights_of(units, FEWEST_REPLICATES, first.seed)]
    return Z * float(np.nanstd(drawn)), "two standard deviations over draws of the test rows of one split"


class Curves:
    """From predictions to curves."""

    def __init__(
        self, dataset: Dataset, trials: Sequence[Trial], main: Measure, noise: float, accuracy_noise: float
    ) -> None:
        self.dataset = dataset
        self.trials = trials
        self.main = main
        self.noise = noise
        self.accuracy_noise = accuracy_noise
        self.order = dataset.classes
        self.ratio = float(np.mean([len(t.parts.test) / len(t.parts.train) for t in trials]))

    def curve(
        self, target: Any, to: Any, steps: Sequence[float], said: Sequence[Said], counts: Sequence[int]
    ) -> ExposureCurve:
        """Return the curve of one class; ``said`` and ``counts`` go through seeds within each share."""
        n = len(self.trials)
        clean = self._point(target, to, 0.0, [trial.said for trial in self.trials], [0] * n)
        points = [
            self._point(target, to, share, said[i * n : (i + 1) * n], counts[i * n : (i + 1) * n])
            for i, share in enumerate(steps)
        ]
        code, other = (int(np.flatnonzero(self.order == label)[0]) for label in (target, to))
        k = self.order.size
        pooled = sum(confusion(trial.said.y, trial.said.decided, k) for trial in self.trials)
        rows = self.dataset.counts[target]
        found, share = clean.recall.mean, rows / len(self.dataset)
        broken = next((p.share for p in points if p.recall.mean < BROKEN * found), None)
        bound = accuracy_visibility_bound(share, found)
        return ExposureCurve(
            target,
            to,
            rows,
            float(np.mean([(trial.parts.train.y == target).sum() for trial in self.trials])),
            float(np.mean([(trial.parts.test.y == target).sum() for trial in self.trials])),
            share,
            clean,
            tuple(points),
            flips_to_break(float(pooled[code, code]), float(pooled[other, code]), rows),
            broken,
            bound,
            bound > self.accuracy_noise,
        )

    def _point(
        self, target: Any, to: Any, share: float, said: Sequence[Said], counts: Sequence[int]
    ) -> ExposurePoint:
        pairs = list(zip(self.trials, said, strict=True))
        reports = [
            attack_report(t.parts.test.y, self.order[t.said.decided], self.order[s.decided], target, to)
            for t, s in pairs
        ]
        metric = [self.main.value(one) for one in said]
        before = [self.main.value(trial.said) for trial in self.trials]
        fall = self.main.sign * float(np.mean(before) - np.mean(metric))
        lost = float(np.mean([r.accuracy[0].mean - r.accuracy[1].mean for r in reports]))
        return ExposurePoint(
            share,
            float(np.mean(counts)),
            self._over(reports, lambda r: r.asr),
            self._over(reports, lambda r: r.lift, DIFFERENCE),
            self._over(reports, lambda r: r.recall[1]),
            self._over(reports, lambda r: r.accuracy[1]),
            self._over(reports, lambda r: r.balanced_accuracy[1]),
            self._interval(metric, self.main.bounds),
            fall,
            fall > self.noise,
            lost > self.accuracy_noise,
        )

    def _over(
        self,
        reports: Sequence[AttackReport],
        of: Callable[[AttackReport], Estimate],
        bounds: tuple[float, float] = SHARE,
    ) -> Estimate:
        """One seed's own interval, or that of the mean over seeds."""
        parts = [of(report) for report in reports]
        if len(parts) == 1:
            return parts[0]
        return self._interval([part.mean for part in parts], bounds)

    def _interval(self, values: Sequence[float], bounds: tuple[float, float]) -> Estimate:
        """Interval of a mean over splits that share rows; none for a single one."""
        if len(values) == 1:
            return Estimate(values[0], float("nan"), float("nan"), (values[0],), "one split")
        return corrected_interval(values, self.ratio, bounds=bounds)
