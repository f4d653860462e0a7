"""The same metrics on data the model never saw, and whether the report's promise held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard import evaluate
from steelyard.data import load
from steelyard.errors import BadTable
from steelyard.flow.predict import open_model, rows_for, warn_of_shift
from steelyard.records import Scorecard
from steelyard.report import collect, render
from steelyard.store import read_scorecard, write_scorecard, write_whole

__all__ = ["ScoreResult", "score"]

SCORECARD = "scorecard.json"


@dataclass(frozen=True)
class ScoreResult:
    """A scorecard of one row, and what became of the promise (None without a scorecard to compare)."""

    scorecard: Scorecard
    promise: Mapping[str, Any] | None


def score(
    model: str | Path,
    source: Any,
    *,
    target: str | None = None,
    out: str | Path | None = None,
    html: str | Path | None = None,
    trust: Sequence[str] = (),
    unsealed: bool = False,
    signed_by: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    random_state: int = 0,
) -> ScoreResult:
    """Score a model on labelled rows it has not seen.

    Parameters
    ----------
    model : path
        ``model.skops`` or the folder that holds it; the scorecard beside it is the promise.
    source : path, catalogue name, frame or (X, y)
    target : str, optional
        The label column; the name it had in training by default.
    out : path, optional
        Where to write ``score.json``, of the same shape as ``scorecard.json``.
    html : path, optional
        Where to write the page.
    trust, unsealed, signed_by
        As for `predict`.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    random_state : int
        Of the bootstrap intervals.

    Returns
    -------
    ScoreResult

    Raises
    ------
    SealBroken, BadModel, BadTable, BadTarget
        The seal does not hold, or the table does not fit the model.
    """
    opened = open_model(model, trust=trust, unsealed=unsealed, signed_by=signed_by)
    dataset = load(source, target=target or opened.about["target"], rare="keep", **(reading or {}))
    known = set(opened.estimator.classes_.tolist())
    unknown = sorted(set(dataset.classes.tolist()) - known, key=str)
    if unknown:
        raise BadTable(
            f"The model knows the classes {sorted(known, key=str)}, the table also has {unknown}. "
            "Leave those rows out, or fit a new model."
        )
    rows_for(opened, dataset.X)
    warn_of_shift(opened, dataset.X)
    card = evaluate.score(
        opened.estimator,
        dataset,
        cost=opened.about.get("cost"),
        positive=opened.about.get("positive"),
        metric=opened.about.get("metric"),
        random_state=random_state,
    )
    if out is not None:
        write_scorecard(card, Path(out))
    beside = Path(model) / SCORECARD if Path(model).is_dir() else Path(model).with_name(SCORECARD)
    promise = evaluate.promise_held(read_scorecard(beside), card) if beside.exists() else None
    if html is not None:
        asked = {"kind": "score", "positive": opened.about.get("positive"), "promise": promise}
        write_whole(Path(html), render(collect(dataset, [], card, settings=asked)))
    return ScoreResult(card, promise)
