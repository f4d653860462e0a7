"""Whether new rows bear out what the report promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.errors import BadOption
from steelyard.evaluate.wilson import wilson
from steelyard.metrics import METRICS
from steelyard.records import Scorecard

__all__ = ["promise_held"]

INSTEAD = "roc_auc"  # does not depend on how rare the class is
DEPENDS_ON_PREVALENCE = ("average_precision", "precision_at_k")
FACTOR = 1.25  # prevalences closer than this are compared as they are

Plain = Mapping[str, Any]


def _plain(card: Scorecard | Plain) -> Plain:
    return card.to_dict() if isinstance(card, Scorecard) else card


def _row(card: Plain, name: str) -> Plain:
    return next(row for row in card["rows"] if row["system"] == name)


def _share(card: Plain) -> tuple[float, int]:
    """Share of the class of interest, and the rows it was taken from."""
    counts = card["data"]["classes"]
    total = sum(counts.values())
    return counts.get(card["protocol"].get("positive"), 0) / total, total


def _moved(promised: Plain, scored: Plain) -> tuple[float, float] | None:
    """Both prevalences, if they differ by more than chance and by more than a quarter."""
    if promised["protocol"].get("positive") is None:
        return None
    then, now = _share(promised)[0], _share(scored)[0]
    rows = _share(scored)[1]
    likely = wilson(now * rows, rows)
    near = now > 0 and then > 0 and max(now / then, then / now) < FACTOR
    return None if near or likely.low <= then <= likely.high else (then, now)


def _outcome(promise: Plain, measured: Plain, higher: bool) -> bool | None:
    """True: as promised or better; False: worse beyond both intervals; None: cannot tell."""
    if measured["mean"] is None or promise["low"] is None or promise["high"] is None:
        return None
    sign = 1.0 if higher else -1.0
    worst_promised = promise["low"] if higher else promise["high"]
    best_measured = measured["high"] if higher else measured["low"]
    if sign * measured["mean"] >= sign * worst_promised:
        return True
    if best_measured is not None and sign * best_measured < sign * worst_promised:
        return False
    return None


WORDS = {
    True: "The promise held",
    False: "The promise did not hold",
    None: "Cannot tell whether the promise held",
}


def promise_held(promised: Scorecard | Plain, scored: Scorecard | Plain) -> dict[str, Any]:
    """Compare what a scorecard promised with what `score` measured on new rows.

    The promise is the interval of the chosen row, corrected for having been chosen. It held when the
    measured value is inside or better; it did not when the whole measured interval is worse; else one
    cannot tell. Average precision depends on how rare the class is: where that has changed, ROC AUC
    is compared instead.

    Parameters
    ----------
    promised : Scorecard or dict
        Of the comparison, or as read from ``scorecard.json``.
    scored : Scorecard or dict
        From `score`.

    Returns
    -------
    dict
        ``metric``; ``promised`` and ``measured`` (mean, low, high); ``held`` (True, False, or None for
        "cannot tell"); ``sentence``.

    Raises
    ------
    BadOption
        The two scorecards share no metric to compare.

    Examples
    --------
    >>> card = {"data": {"classes": {"ok": 90, "bad": 10}}, "chosen": "a",
    ...         "protocol": {"metric": "average_precision", "positive": "bad"}, "corrected": None,
    ...         "rows": [{"system": "a", "metrics":
    ...                   {"average_precision": {"mean": .5, "low": .4, "high": .6}}}]}
    >>> promise_held(card, card)["held"]
    True
    """
    before, after = _plain(promised), _plain(scored)
    metric = before["protocol"]["metric"]
    chosen, model = _row(before, before["chosen"]), _row(after, after["chosen"])
    remark = ""
    promise = before.get("corrected") or chosen["metrics"].get(metric)
    moved = _moved(before, after) if metric in DEPENDS_ON_PREVALENCE else None
    if moved is not None and INSTEAD in chosen["metrics"]:
        remark = (
            f" The class is {moved[1]:.2%} of these rows and was {moved[0]:.2%}, so {METRICS[metric].title} "
            f"cannot be compared; {METRICS[INSTEAD].title} is."
        )
        metric = INSTEAD
        promise = chosen["metrics"][metric]
    if promise is None or metric not in model["metrics"]:
        raise BadOption(
            f"The promise was made in {metric}, which the new score does not have. "
            f"Score with metric={metric!r}."
        )
    measured = model["metrics"][metric]
    held = _outcome(promise, measured, METRICS[metric].greater_is_better)
    ends = {
        name: {key: side[key] for key in ("mean", "low", "high")}
        for name, side in (("promised", promise), ("measured", measured))
    }
    sentence = (
        f"{WORDS[held]}: {METRICS[metric].title} is {_interval(ends['measured'])}, promised was "
        f"{_interval(ends['promised'])}.{remark}"
    )
    return {"metric": metric, **ends, "held": held, "sentence": sentence}


def _interval(side: Plain) -> str:
    low, mean, high = (("?" if side[key] is None else f"{side[key]:.3g}") for key in ("low", "mean", "high"))
    return f"{mean} [{low}, {high}]"
