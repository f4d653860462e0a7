"""The learners that ``--with`` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, Literal

from imblearn.ensemble import (
    BalancedBaggingClassifier,
    BalancedRandomForestClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from steelyard.errors import BadOption
from steelyard.learn.balance_cascade import BalanceCascade
from steelyard.learn.default_learner import default_learner
from steelyard.learn.imovno import IMOVNOPlus
from steelyard.learn.self_paced import SelfPacedEnsemble

__all__ = ["LearnerSpec", "learner_by_name", "learners"]

Make = Callable[[int, Sequence[int], int | None], Any]

FOREST_TREES = 200
ENSEMBLE_PARTS = 10
RUSBOOST_ROUNDS = 50
LOGISTIC_STEPS = 1000


@dataclass(frozen=True)
class LearnerSpec:
    """A learner by name.

    Parameters
    ----------
    name, title : str
    output : "native" or "dense"
        What it must be fed with: a table with levels and gaps, or numbers only.
    resamples : bool
        Whether it draws, adds or drops training rows by their label inside.
    """

    name: str
    title: str
    output: Literal["native", "dense"]
    resamples: bool
    _make: Make

    def make(self, *, n_rows: int, class_counts: Sequence[int], random_state: int | None = None) -> Any:
        """Return a new estimator on one thread.

        Parameters
        ----------
        n_rows : int
            Training rows, roughly.
        class_counts : sequence of int
            Rows per class, in any order.
        random_state : int, optional
        """
        return self._make(n_rows, class_counts, random_state)


def _boosting(
    n_rows: int, counts: Sequence[int], random_state: int | None, engine: str, class_weight: str | None = None
) -> Any:
    return default_learner(
        n_rows=n_rows,
        class_counts=counts,
        engine=engine,
        class_weight=class_weight,
        random_state=random_state,
    )


def _logistic(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return LogisticRegression(max_iter=LOGISTIC_STEPS, random_state=random_state)


def _forest(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return RandomForestClassifier(FOREST_TREES, n_jobs=1, random_state=random_state)


def _balanced_forest(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return BalancedRandomForestClassifier(FOREST_TREES, n_jobs=1, random_state=random_state)


def _balanced_bagging(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return BalancedBaggingClassifier(n_estimators=ENSEMBLE_PARTS, n_jobs=1, random_state=random_state)


def _easy_ensemble(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return EasyEnsembleClassifier(n_estimators=ENSEMBLE_PARTS, n_jobs=1, random_state=random_state)


def _rusboost(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return RUSBoostClassifier(n_estimators=RUSBOOST_ROUNDS, random_state=random_state)


def _imovno(n_rows: int, counts: Sequence[int], random_state: int | None) -> Any:
    return IMOVNOPlus(random_state=random_state)


def _of_boosting(n_rows: int, counts: Sequence[int], random_state: int | None, kind: type[Any]) -> Any:
    """An ensemble of the default learner, fit for the size of a balanced draw."""
    smallest = min(counts)
    member = default_learner(
        n_rows=smallest * len(counts), class_counts=[smallest] * len(counts), random_state=random_state
    )
    return kind(member, n_estimators=ENSEMBLE_PARTS, n_jobs=1, random_state=random_state)


SPECS = (
    LearnerSpec(
        "hist-gradient-boosting",
        "Histogram gradient boosting, the default learner",
        "native",
        False,
        partial(_boosting, engine="sklearn"),
    ),
    LearnerSpec("lightgbm", "LightGBM", "native", False, partial(_boosting, engine="lightgbm")),
    LearnerSpec(
        "class-weight",
        "The default learner with every class weighing the same",
        "native",
        False,
        partial(_boosting, engine="sklearn", class_weight="balanced"),
    ),
    LearnerSpec("logistic", "Logistic regression", "dense", False, _logistic),
    LearnerSpec("random-forest", "Random forest", "dense", False, _forest),
    LearnerSpec("balanced-forest", "Random forest on balanced draws", "dense", True, _balanced_forest),
    LearnerSpec("balanced-bagging", "Bagged trees on balanced draws", "dense", True, _balanced_bagging),
    LearnerSpec("easy-ensemble", "Boosted ensembles on balanced draws", "dense", True, _easy_ensemble),
    LearnerSpec("rusboost", "Boosting with under-sampling in each round", "dense", True, _rusboost),
    LearnerSpec(
        "self-paced",
        "Boosting on balanced draws, hard rows more and more",
        "native",
        True,
        partial(_of_boosting, kind=SelfPacedEnsemble),
    ),
    LearnerSpec(
        "balance-cascade",
        "Boosting on balanced draws of rows not yet understood",
        "native",
        True,
        partial(_of_boosting, kind=BalanceCascade),
    ),
    LearnerSpec(
        "imovno", "IMOVNO+: cleaning, penalised over-sampling, pruned ensemble", "native", True, _imovno
    ),
)


def learners() -> dict[str, LearnerSpec]:
    """Return every learner by name.

    Examples
    --------
    >>> learners()["logistic"].output
    'dense'
    """
    return {spec.name: spec for spec in SPECS}


def learner_by_name(name: str) -> LearnerSpec:
    """Return one learner.

    Raises
    ------
    BadOption
        No learner has this name; the nearest ones are listed.

    Examples
    --------
    >>> learner_by_name("logisitc")
    Traceback (most recent call last):
    ...
    steelyard.errors.BadOption: Unknown learner 'logisitc'. Did you mean 'logistic'? ...
    """
    known = learners()
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(repr(match) for match in close)}?" if close else ""
    raise BadOption(f"Unknown learner {name!r}.{hint} The learners are {', '.join(known)}.")
