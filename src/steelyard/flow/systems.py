"""From a name on the command line to one estimator that does the whole job.

Every system is the same sandwich: a table preparer, perhaps a sampler, a learner; around them
calibration and a decision rule that share one set of out-of-fold scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from steelyard.balance import Balanced, sampler_by_name, sampler_needs, samplers
from steelyard.data import TablePreparer
from steelyard.decide import (
    ArgmaxRule,
    CapacityThreshold,
    CostThreshold,
    Decided,
    MetricThreshold,
    RecallFloor,
)
from steelyard.errors import BadOption
from steelyard.evaluate import System
from steelyard.flow.settings import INNER_FOLDS, Settings
from steelyard.flow.source import need_table
from steelyard.kernels.rng import int_seed
from steelyard.learn import QuantileGrid, default_learner, learner_by_name, learners
from steelyard.records import Dataset

__all__ = ["BASELINES", "DEFAULT_REMEDIES", "build_systems", "remedy_names"]

BASELINES = ("constant", "plain", "class-weight", "threshold")
DEFAULT_REMEDIES = ("logistic", "smote", "random-under")
NOTHING = "none"


def remedy_names() -> dict[str, str]:
    """Every name ``--with`` knows, and what it is: a baseline, a learner or a sampler."""
    known = dict.fromkeys([NOTHING, *BASELINES], "baseline")
    known.update(dict.fromkeys(learners(), "learner"))
    known.update(dict.fromkeys(samplers(), "sampler"))
    return known


class _Builder:
    """Builds the systems of one comparison: the data set and the settings are the same for all."""

    def __init__(self, dataset: Dataset, settings: Settings) -> None:
        self.dataset = dataset
        self.settings = settings
        self.seed = settings.random_state

    def learner(self, class_weight: str | None = None) -> Any:
        counts = self.dataset.counts
        return default_learner(
            n_rows=len(self.dataset),
            class_counts=list(counts.values()),
            engine=self.settings.learner,
            class_weight=class_weight,
            random_state=int_seed(self.seed, "learner"),
        )

    def prepared(self, learner: Any, output: str = "native", *, weighted: bool = False) -> Pipeline:
        preparer = TablePreparer(output=output, random_state=int_seed(self.seed, "preparer"))
        # Boosting with weights is slow on columns of many values.
        slow = output == "native" and (weighted or self.dataset.weight is not None)
        grid = [("grid", QuantileGrid())] if slow else []
        return Pipeline([("prepare", preparer), *grid, ("learn", learner)])

    def decided(self, estimator: Any) -> Decided:
        """Wrap calibration and the rule that the user asked for around an estimator."""
        settings = self.settings
        shared = {
            "estimator": estimator,
            "calibration": None if settings.calibration == "none" else settings.calibration,
            "inner_folds": INNER_FOLDS,
            "deployment_prior": settings.prevalence,
            "random_state": int_seed(self.seed, "decide"),
        }
        positive = settings.positive_of(self.dataset)
        if settings.cost is not None:
            return CostThreshold(cost=settings.costs.matrix(self.dataset.classes, positive), **shared)
        if settings.review is not None:
            return CapacityThreshold(
                review=settings.review, per=len(self.dataset), positive=positive, **shared
            )
        if settings.min_recall is not None:
            return RecallFloor(min_recall=settings.min_recall, positive=positive, **shared)
        return MetricThreshold(metric=settings.rule, positive=positive, **shared)

    def constant(self) -> System:
        always = self.prepared(DummyClassifier(strategy="prior"))
        rule = self.decided(always) if self.settings.cost is not None else ArgmaxRule(always)
        return System("constant", "constant", rule, resamples=False)

    def plain(self) -> System:
        return System("plain", "plain", ArgmaxRule(self.prepared(self.learner())), resamples=False)

    def threshold(self) -> System:
        moved = self.decided(self.prepared(self.learner()))
        return System("threshold", "threshold", moved, resamples=False)

    def class_weight(self) -> System:
        weighted = self.decided(self.prepared(self.learner(class_weight="balanced"), weighted=True))
        return System("class-weight", "weights", weighted, resamples=False)

    def other_learner(self, name: str) -> System:
        spec = learner_by_name(name)
        made = spec.make(
            n_rows=len(self.dataset),
            class_counts=list(self.dataset.counts.values()),
            random_state=int_seed(self.seed, "learner", name),
        )
        return System(
            name, "learner", self.decided(self.prepared(made, spec.output)), resamples=spec.resamples
        )

    def sampled(self, name: str) -> System:
        sampler = sampler_by_name(name, random_state=int_seed(self.seed, "sampler", name))
        # The decision's own calibration, out of fold, follows: exact correction is enough inside.
        balanced = Balanced(sampler, self.learner(), correction="prior")
        return System(
            name, "remedy", self.decided(self.prepared(balanced, sampler_needs(name))), resamples=True
        )

    def given(self, name: str, estimator: Any) -> System:
        """A row of the caller's own: an estimator that is fed with numbers and calibrated like the others."""
        if name in (*BASELINES, NOTHING):
            raise BadOption(f"{name!r} is the name of a row that is always there. Name yours otherwise.")
        if isinstance(estimator, type) or not hasattr(estimator, "predict_proba"):
            raise BadOption(
                f"The row {name!r} must be an estimator with fit and predict_proba. "
                f"Got {estimator!r} instead."
            )
        return System(name, "learner", self.decided(self.prepared(clone(estimator), "dense")))

    def system(self, name: str) -> System:
        baselines: dict[str, Callable[[], System]] = {
            "constant": self.constant,
            "plain": self.plain,
            "class-weight": self.class_weight,
            "threshold": self.threshold,
        }
        if name in baselines:
            return baselines[name]()
        if name in learners():
            return self.other_learner(name)
        if name in samplers():
            return self.sampled(name)
        close = get_close_matches(name, list(remedy_names()), n=3)
        hint = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
        raise BadOption(
            f"Unknown remedy {name!r}.{hint} See 'steelyard list samplers' and 'steelyard list learners'."
        )


def build_systems(
    dataset: Dataset, settings: Settings, with_: Iterable[str] | Mapping[str, Any] | None = None
) -> dict[str, System]:
    """Build the rows of a comparison; the baselines are always among them.

    Parameters
    ----------
    dataset : Dataset
    settings : Settings
    with_ : names, or mapping of name to name or estimator, optional
        Remedies to compare; logistic regression, SMOTE and random under-sampling by default. An estimator
        has ``predict_proba`` and is fed with numbers without gaps; it becomes a row of the name given,
        calibrated and decided like the other learners.

    Returns
    -------
    dict of name to System
        Baselines first, then the remedies in the order given.

    Raises
    ------
    BadOption
        An unknown name, with the nearest ones, settings that name a class there is not, or something
        that is no estimator.
    BadTable
        Images or series, which no row here can read.

    Examples
    --------
    >>> from steelyard.data import load
    >>> list(build_systems(load("ecoli"), Settings(), ["tomek-links"]))
    ['constant', 'plain', 'class-weight', 'threshold', 'tomek-links']
    >>> from sklearn.naive_bayes import GaussianNB
    >>> rows = build_systems(load("ecoli"), Settings(), {"smote": "smote", "bayes": GaussianNB()})
    >>> [(row.name, row.kind) for row in rows.values()][4:]
    [('smote', 'remedy'), ('bayes', 'learner')]
    """
    need_table(dataset, "A comparison")
    settings.check_against(dataset)
    builder = _Builder(dataset, settings)
    asked = DEFAULT_REMEDIES if with_ is None else with_
    wanted = asked if isinstance(asked, Mapping) else dict.fromkeys(asked)
    rows = {name: builder.system(name) for name in BASELINES}
    for name, meant in wanted.items():
        if name == NOTHING and meant in (None, NOTHING):
            continue
        if meant is None or isinstance(meant, str):
            rows[name] = replace(builder.system(meant or name), name=name)
        else:
            rows[name] = builder.given(name, meant)
    return rows
