"""The same metrics, with intervals, for a fitted model on rows it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadTarget
from steelyard.evaluate.estimate_rows import bootstrap_estimate, bootstrap_values, recalls, redraw
from steelyard.evaluate.held_out import Said, chance_levels, measures_for
from steelyard.evaluate.nadeau_bengio import LEVEL
from steelyard.evaluate.unit import as_plain
from steelyard.kernels.out_of_fold import aligned_proba
from steelyard.kernels.rng import RandomState, int_seed, root_seed
from steelyard.records import Dataset, Predictions, Row, Scorecard

__all__ = ["score"]

MODEL = "model"


def score(
    model: Any,
    dataset: Dataset,
    *,
    metrics: Sequence[str] | None = None,
    metric: str | None = None,
    cost: ArrayLike | None = None,
    positive: Any = None,
    review: int | None = None,
    random_state: RandomState = 0,
) -> Scorecard:
    """Score a fitted model on labelled rows that it has not seen.

    Parameters
    ----------
    model : fitted classifier
        Probabilities by ``predict_proba``, decisions by ``predict``.
    dataset : Dataset
        With ``groups`` or ``time``, these are drawn as a whole for the intervals.
    metrics, metric, cost, positive, review
        As for `compare`; the cost matrix is in the order of ``model.classes_``.
    random_state : int, RandomState, Generator or None
        Of the bootstrap.

    Returns
    -------
    Scorecard
        One row, ``model``, of the same shape as a comparison.

    Raises
    ------
    BadTarget
        A label that the model does not know.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(40.0)[:, None]
    >>> y = (X[:, 0] > 25).astype(int)
    >>> card = score(LogisticRegression().fit(X, y), Dataset(X, y), metrics=["roc_auc"])
    >>> card.row("model").metrics["roc_auc"].mean
    1.0
    """
    classes = np.asarray(model.classes_)
    unknown = sorted(set(dataset.classes.tolist()) - set(classes.tolist()), key=str)
    if unknown:
        raise BadTarget(
            f"The model knows the classes {classes.tolist()}, the rows to score also have {unknown}. "
            "Leave those rows out, or fit a new model."
        )
    seed = root_seed(random_state)
    measures, main = measures_for(
        dataset,
        classes=classes,
        metrics=metrics,
        metric=metric,
        cost=cost,
        positive=positive,
        review=review,
    )
    started = perf_counter()
    codes = np.searchsorted(classes, dataset.y)
    decided = np.searchsorted(classes, np.asarray(model.predict(dataset.X)))
    rows = np.arange(len(dataset))
    said = Said(rows, codes, aligned_proba(model, dataset.X, classes), decided, dataset.weight)
    spent = perf_counter() - started
    redrawn = redraw(dataset, codes, rows, 1, int_seed(seed, "intervals"))
    values = {name: measure.value(said) for name, measure in measures.items()}
    drawn = bootstrap_values({MODEL: said}, {MODEL: values}, measures, main.name, redrawn)[MODEL]
    estimates = {
        name: bootstrap_estimate(values[name], drawn[name], np.array([values[name]]), redrawn, measure.bounds)
        for name, measure in measures.items()
    }
    row = Row(
        MODEL,
        "model",
        estimates,
        recalls(said, dataset, classes),
        as_plain(dict(getattr(model, "decision_", {}))),
        as_plain(dict(getattr(model, "calibration_", {}))),
        seconds=spent,
    )
    return Scorecard(
        data=dataset.to_dict(),
        protocol={
            "splitter": "new rows",
            "folds": 1,
            "repeats": 1,
            "units": 1,
            "metric": main.name,
            "metrics": list(measures),
            "intervals": redrawn.method,
            "level": LEVEL,
            "recall": "Wilson's interval",
            "chance": chance_levels(dataset, measures, classes),
            "random_state": seed,
            "positive": None if main.positive is None else str(classes[main.positive]),
            "cost": None if main.cost is None else main.cost.tolist(),
            "review": review,
        },
        rows=(row,),
        chosen=MODEL,
        predictions={MODEL: Predictions(rows, np.zeros(rows.size, dtype=np.intp), said.proba, decided)},
    )
