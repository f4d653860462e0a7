"""What is compared: one row of a comparison, and how bare estimators become rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import joblib
from sklearn.base import clone

from steelyard.decide import ArgmaxRule, Decided
from steelyard.errors import BadOption
from steelyard.kernels.rng import int_seed
from steelyard.records import RowKind

__all__ = ["System", "as_systems", "base_key"]

BASELINE_KINDS = ("constant", "plain", "weights", "threshold")


@dataclass(frozen=True, eq=False)
class System:
    """One row of a comparison.

    Parameters
    ----------
    name : str
    kind : "constant", "plain", "weights", "threshold", "learner", "remedy" or "model"
    estimator : Decided
        Calibration and a decision rule around a learner. Rows whose inner estimators have equal
        parameters share one fit and one set of inner out-of-fold scores per fold.
    resamples : bool
        Whether training rows are added, dropped or drawn anew: such a row must prove its gain.
    note : str
        Shown beside the row.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> System("constant", "constant", ArgmaxRule(DummyClassifier())).is_baseline
    True
    """

    name: str
    kind: RowKind
    estimator: Any
    resamples: bool = False
    note: str = ""

    @property
    def is_baseline(self) -> bool:
        """Whether the comparison makes no sense without this row."""
        return self.kind in BASELINE_KINDS and not self.resamples


def _resamples(estimator: Any) -> bool:
    """Whether anything inside an estimator is a sampler."""
    parts = estimator.get_params(deep=True).values() if hasattr(estimator, "get_params") else ()
    steps = [step for part in parts if isinstance(part, list) for step in part if isinstance(step, tuple)]
    found = [*parts, *(step[1] for step in steps if len(step) > 1)]
    return any(hasattr(part, "fit_resample") for part in found)


def _seeded(estimator: Any, random_state: int) -> Any:
    """A clone in which every ``random_state`` that was left None is derived from the one seed.

    The name of the stream is the parameter's path, so equal estimators stay equal.
    """
    copy = clone(estimator)
    unset = [
        path
        for path, value in sorted(copy.get_params(deep=True).items())
        if value is None and path.rsplit("__", 1)[-1] == "random_state"
    ]
    return copy.set_params(**{path: int_seed(random_state, "estimator", path) for path in unset})


def as_systems(systems: Mapping[str, Any], random_state: int = 0) -> dict[str, System]:
    """Make rows of what was given, and give every estimator in them a seed.

    Parameters
    ----------
    systems : mapping of name to System, Decided or any classifier
        A bare classifier decides by the largest probability; it counts as resampling when a sampler
        is found inside.
    random_state : int

    Returns
    -------
    dict of name to System

    Raises
    ------
    BadOption
        No row is left that does not resample: there is nothing to compare with.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> as_systems({"always": DummyClassifier()})["always"].kind
    'learner'
    """
    made: dict[str, System] = {}
    for name, given in systems.items():
        row = given
        if not isinstance(row, System):
            resamples = _resamples(given)
            decided = given if isinstance(given, Decided) else ArgmaxRule(given)
            row = System(name, "remedy" if resamples else "learner", decided, resamples)
        made[name] = replace(row, name=name, estimator=_seeded(row.estimator, random_state))
    if all(row.resamples for row in made.values()):
        raise BadOption(
            "A comparison needs at least one row that does not resample, or a remedy's gain cannot be "
            f"measured. Got {list(made)}. Add the plain learner."
        )
    return made


def base_key(system: System) -> str:
    """Digest of the inner estimator; systems with the same one share its fits."""
    return str(joblib.hash(system.estimator.estimator))
