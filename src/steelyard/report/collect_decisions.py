"""What the chosen system decided: confusion, cost, each class, review lists and other costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.wilson import wilson
from steelyard.records import Row
from steelyard.report.held_out import HeldOut

__all__ = ["confusion", "cost_curve", "per_class", "review_list"]

RATIOS = np.geomspace(1.0, 100.0, 41)
NAMED_RATIOS = (1, 2, 5, 10, 20, 50, 100)
REVIEWS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
WORST_MISTAKES = 8


def confusion(held: HeldOut, labels: list[str], cost: NDArray[np.float64] | None) -> dict[str, Any]:
    """Return rows per true and decided class, for one pass over the data, and what they cost."""
    k = len(labels)
    counts = np.zeros((k, k))
    np.add.at(counts, (held.truth, held.decided), 1.0 / held.passes)
    rows = counts.sum()
    mistakes = [
        {
            "true": labels[i],
            "decided": labels[j],
            "rows": float(counts[i, j]),
            "of": float(counts[i].sum()),
            "cost": float(counts[i, j] * cost[i, j]) if cost is not None else None,
        }
        for i in range(k)
        for j in range(k)
        if i != j and counts[i, j] > 0
    ]
    mistakes.sort(key=lambda m: (-(m["cost"] if m["cost"] is not None else m["rows"]), m["true"]))
    total = float((counts * cost).sum()) if cost is not None else None
    return {
        "labels": labels,
        "counts": counts.round(2).tolist(),
        "share_of_true": (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)).round(4).tolist(),
        "passes": held.passes,
        "rows": float(rows),
        "cost": cost.tolist() if cost is not None else None,
        "total_cost": total,
        "cost_per_row": total / rows if total is not None and rows else None,
        "mistakes": mistakes[:WORST_MISTAKES],
        "n_mistakes": len(mistakes),
    }


def per_class(held: HeldOut, labels: list[str], row: Row, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return recall with its interval and precision for each class, rarest first."""
    rows = []
    for code, label in enumerate(labels):
        own = held.truth == code
        claimed = held.decided == code
        hits = float((own & claimed).sum())
        recall = row.recall.get(label)
        if recall is None and own.any():
            recall = wilson(hits / held.passes, own.sum() / held.passes)
        rows.append(
            {
                "label": label,
                "rows": counts.get(label, 0),
                "tested": bool(own.any()),
                "recall": recall.mean if recall else None,
                "low": recall.low if recall else None,
                "high": recall.high if recall else None,
                "precision": hits / claimed.sum() if claimed.any() else None,
                "flagged": float(claimed.sum()) / held.passes,
            }
        )
    return sorted(rows, key=lambda r: (r["rows"], r["label"]))


def review_list(held: HeldOut, positive: int, wanted: int | None) -> list[dict[str, Any]]:
    """Return what reading the k most suspicious rows would find, mean over passes."""
    rows_once = len(held.rows) / held.passes
    sizes = sorted({k for k in (*REVIEWS, wanted or 0) if 0 < k <= rows_once / 2})
    if not sizes:
        return []
    found = np.zeros(len(sizes))
    total = 0.0
    for turn in range(held.passes):
        now = held.turn == turn
        order = np.argsort(-held.proba[now, positive], kind="stable")
        hits = np.cumsum((held.truth[now] == positive)[order])
        found += hits[np.minimum(np.asarray(sizes), len(hits)) - 1]
        total += float(hits[-1])
    found, total = found / held.passes, total / held.passes
    if total == 0:
        return []
    share = total / rows_once
    lines = []
    for k, hits_at in zip(sizes, found.tolist(), strict=True):
        lines.append(
            {
                "k": k,
                "found": hits_at,
                "precision": hits_at / k,
                "recall": hits_at / total,
                "lift": hits_at / k / share,
                "wanted": k == wanted,
            }
        )
    return lines


def cost_curve(held: HeldOut, positive: int, given: float | None) -> dict[str, Any] | None:
    """Return what the best threshold would be, and cost, if a miss cost r false alarms, r = 1..100.

    The threshold 1 / (1 + r) is the optimum on calibrated probabilities; it is not tuned on these rows,
    so that the figures are those of rows not seen. Costs are in false alarms per 1000 rows.
    """
    truth = held.truth == positive
    if not truth.any() or truth.all():
        return None
    score = held.proba[:, positive]
    n, passes = len(score), held.passes
    order = np.sort(score[truth]), np.sort(score[~truth])
    decided = held.decided == positive
    missed_now = float((truth & ~decided).mean())
    alarms_now = float((~truth & decided).mean())

    def at(ratio: float) -> dict[str, float]:
        threshold = 1.0 / (1.0 + ratio)
        caught = len(order[0]) - np.searchsorted(order[0], threshold)
        alarms = len(order[1]) - np.searchsorted(order[1], threshold)
        missed = len(order[0]) - caught
        return {
            "ratio": float(ratio),
            "threshold": threshold,
            "flagged": float(caught + alarms) / passes,
            "caught": float(caught) / passes,
            "recall": float(caught) / len(order[0]),
            "alarms": float(alarms) / passes,
            "cost": 1000.0 * float(missed * ratio + alarms) / n,
            "as_decided": 1000.0 * (missed_now * ratio + alarms_now),
            "nobody": 1000.0 * ratio * len(order[0]) / n,
            "everybody": 1000.0 * len(order[1]) / n,
        }

    named = sorted({*map(float, NAMED_RATIOS), *([given] if given else [])})
    return {
        "given": given,
        "curve": [at(ratio) for ratio in RATIOS.tolist()],
        "table": [at(ratio) for ratio in named],
        "positives": len(order[0]) / passes,
        "rows": n / passes,
    }
