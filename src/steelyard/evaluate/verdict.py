"""Which row is chosen, and what the comparison shows, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.protocol import System
from steelyard.records import Estimate, Gain, Verdict

__all__ = ["Standing", "decision_twin", "reference_row", "verdict_on"]

NEAR = 1e-9  # means closer than this are a tie; the earlier row wins it


@dataclass(frozen=True, eq=False)
class Standing:
    """What a verdict is made from.

    Parameters
    ----------
    systems : mapping of name to System
        Rows that may be chosen: neither dropped nor failed, in the order given.
    means : mapping of name to float
        The main metric, turned so that more is better.
    bases : mapping of name to str
        Digest of the inner estimator; rows that share one differ only in calibration and rule.
    metric, title : str
    by_decision : bool
        Whether the metric looks at decisions, not at probabilities.
    higher : bool
        Whether the metric is better when larger.
    """

    systems: Mapping[str, System]
    means: Mapping[str, float]
    bases: Mapping[str, str]
    metric: str
    title: str
    by_decision: bool
    higher: bool

    def best_of(self, names: Sequence[str]) -> str | None:
        """Return the row with the largest mean; among ties the earlier one."""
        best: str | None = None
        for name in names:
            mean = self.means[name]
            if mean == mean and (best is None or mean > self.means[best] + NEAR):
                best = name
        return best


def reference_row(standing: Standing) -> str:
    """Find the best row that does not resample: what every remedy must beat.

    The constant row counts only where decisions are measured and it is truly best: it ranks nothing.

    Raises
    ------
    CannotEvaluate
        The metric is not defined for any such row.
    """
    plain = [name for name, system in standing.systems.items() if not system.resamples]
    able = [name for name in plain if standing.systems[name].kind != "constant"]
    best = standing.best_of(able)
    constant = standing.best_of([name for name in plain if name not in able])
    if constant is not None and (
        best is None or (standing.by_decision and standing.means[constant] > standing.means[best] + NEAR)
    ):
        return constant
    if best is None:
        raise CannotEvaluate(
            f"{standing.title} is not defined in any fold for a row that does not resample. "
            "Choose another metric, or use fewer folds so that each tests every class."
        )
    return best


def decision_twin(standing: Standing, name: str) -> str:
    """Find the row that decides for ``name``.

    A metric of probabilities does not see how a row decides. The row with the moved threshold then
    stands for the plain row it shares its model with: same ranking, calibrated, a rule set out of fold.
    """
    if standing.by_decision or standing.systems[name].kind != "plain":
        return name
    twins = [
        other
        for other, system in standing.systems.items()
        if system.kind == "threshold" and standing.bases[other] == standing.bases[name]
    ]
    return twins[0] if twins else name


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}"


def _signed(difference: Estimate) -> str:
    return f"{difference.mean:+.2g} [{difference.low:.2g}, {difference.high:.2g}]"


def _of(metric: str, higher: bool) -> str:
    return metric if higher else f"{metric} (lower is better; a gain is what is saved)"


def verdict_on(
    standing: Standing, against: str, gains: Sequence[Gain], intervals: Mapping[str, Estimate]
) -> tuple[Verdict, str]:
    """Choose a row and say why.

    A remedy that resamples is chosen only when the interval of its gain, corrected for the number of
    remedies, excludes zero; among those the largest gain. Otherwise the best row that does not
    resample is.

    Parameters
    ----------
    standing : Standing
    against : str
        The row from `reference_row`.
    gains : sequence of Gain
        Of every remedy, dropped ones too.
    intervals : mapping of name to Estimate
        The main metric of each row.

    Returns
    -------
    verdict : Verdict
    chosen : str
    """
    title = _of(standing.title, standing.higher)
    able = [gain for gain in gains if gain.system in standing.systems]
    proven = [gain for gain in able if gain.helps]
    best = max(proven or able, key=lambda gain: gain.difference.mean, default=None)
    number = f" (interval corrected for {len(gains)} remedies)" if len(gains) > 1 else ""
    if proven and best is not None:
        value = intervals[best.system].mean
        sentence = (
            f"Resampling helps: {best.system} reaches {standing.title} {_number(value)}, a gain of "
            f"{_signed(best.difference)} over {against}, the best row that does not resample{number}."
        )
        return Verdict(sentence, True, standing.metric, against, best.system), best.system
    chosen = decision_twin(standing, against)
    if best is None:
        tried = "no remedy could be evaluated" if gains else "no row that resamples was compared"
        sentence = f"No evidence that resampling helps: {tried}."
    elif best.difference.high < 0:
        sentence = (
            f"No evidence that resampling helps: even the best remedy, {best.system}, is worse than "
            f"{against} in {title}: {_signed(best.difference)}{number}."
        )
    else:
        sentence = (
            f"No evidence that resampling helps: the best remedy, {best.system}, changes {title} by "
            f"{_signed(best.difference)} against {against}, and the interval holds zero{number}."
        )
    if standing.systems[chosen].kind == "constant":
        sentence += f" No model beats always deciding the same: {chosen} has the best {standing.title}."
    elif chosen != against:
        sentence += f" {chosen} is chosen: the model of {against} with a threshold set out of fold."
    else:
        sentence += f" {chosen} is chosen."
    return Verdict(sentence, False, standing.metric, against, best.system if best else None), chosen
