"""Remedies side by side on the same folds, with the rows that do nothing always among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from steelyard import evaluate
from steelyard.flow.settings import Settings
from steelyard.flow.source import to_dataset
from steelyard.flow.systems import build_systems
from steelyard.records import Dataset, Scorecard
from steelyard.report import collect, render
from steelyard.store import write_scorecard, write_whole

__all__ = ["compare", "run_comparison"]


def run_comparison(
    dataset: Dataset,
    systems: Mapping[str, Any],
    settings: Settings,
    *,
    jobs: int | None,
    cache: Any = None,
    progress: bool | None = None,
) -> Scorecard:
    """Measure systems on a data set as the settings say."""
    costs = settings.costs
    positive = settings.positive_of(dataset)
    return evaluate.compare(
        dict(systems),
        dataset,
        metric=settings.main_metric,
        cost=None if costs is None else costs.matrix(dataset.classes, positive),
        positive=positive,
        review=settings.review,
        folds=settings.folds,
        repeats=settings.repeats,
        selection=settings.selection,
        drop_hopeless=settings.drop_hopeless,
        jobs=jobs,
        cache=cache,
        progress=progress,
        random_state=settings.random_state,
    )


def compare(
    source: Any,
    target: str | None = None,
    *,
    with_: Sequence[str] | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    html: str | Path | None = None,
    json: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> Scorecard:
    """Compare remedies honestly: each is fitted inside the folds, and plain learners are always rows.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    with_ : list of str, or mapping of str to str or estimator, optional
        Names of remedies (samplers, learners); logistic regression, SMOTE and random under-sampling
        by default. A mapping may add estimators of your own, such as
        ``{"smote": "smote", "net": make_pipeline(StandardScaler(), DeepClassifier())}``: they get numbers
        without gaps, and calibration and decision as the other learners do.
    settings : Settings, optional
    jobs : int, optional
        Worker processes, all cores by default; the numbers do not depend on it.
    html, json : path, optional
        Where to write the page and the scorecard.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.

    Returns
    -------
    Scorecard

    Raises
    ------
    UserError
        The table cannot be evaluated, or an option makes no sense.
    """
    dataset = to_dataset(source, target, reading)
    settings = settings or Settings()
    systems = build_systems(dataset, settings, with_)
    card = run_comparison(dataset, systems, settings, jobs=jobs, progress=progress)
    if json is not None:
        write_scorecard(card, Path(json))
    if html is not None:
        write_whole(Path(html), render(collect(dataset, [], card, settings=settings.to_dict())))
    return card
