"""The table of systems: baselines always, remedies after them, what was dropped or failed last."""

from __future__ import annotations

from typing import Any

from steelyard.records import Estimate, Gain, Row, Scorecard
from steelyard.report.metric_words import LEADING, in_order, metric_words
from steelyard.report.synthetic_words import synthetic_rows
from steelyard.report.write_numbers import digits_for

__all__ = ["digits_of", "estimate", "gains", "ranked_names", "systems"]

KIND_WORDS = {
    "constant": "always the same answer",
    "plain": "as it comes",
    "weights": "class weights",
    "threshold": "moved threshold",
    "learner": "other learner",
    "remedy": "resampling",
    "model": "the saved model",
}
STATUS_WORDS = {"dropped": "Stopped early", "failed": "Could not be run"}
MOST_COLUMNS = 6


def estimate(value: Estimate | None) -> dict[str, Any] | None:
    """Return mean and interval of ``value``."""
    if value is None:
        return None
    return {"mean": value.mean, "low": value.low, "high": value.high, "method": value.method}


def _sort_key(row: Row, metric: str) -> float:
    """Best first, constant guess and unknown values last."""
    value = row.metrics.get(metric)
    if value is None or value.mean != value.mean:
        return float("inf")
    return -value.mean if metric_words(metric).higher else value.mean


def ranked_names(card: Scorecard, metric: str) -> list[str]:
    """Return kept systems for the curves: the chosen one, the best of each side, then the rest."""
    rows = sorted(
        (row for row in card.rows if row.status == "kept" and row.kind != "constant"),
        key=lambda row: _sort_key(row, metric),
    )
    first = [card.chosen] if card.chosen else []
    if card.verdict:
        first += [name for name in (card.verdict.best_plain, card.verdict.best_remedy) if name]
    return list(dict.fromkeys(first + [row.system for row in rows]))


def systems(card: Scorecard, metric: str) -> dict[str, Any]:
    """Return the table, grouped and sorted."""
    names = in_order({name for row in card.rows for name in row.metrics})
    lead = list(dict.fromkeys([m for m in (metric, *LEADING) if m in names]))[:MOST_COLUMNS]
    groups = []
    resampling = {row.system for row in card.rows if row.kind == "remedy"} | {g.system for g in card.gains}
    for title, wanted in (("Without resampling", False), ("With resampling", True)):
        members = [row for row in card.rows if row.status == "kept" and (row.system in resampling) == wanted]
        members.sort(key=lambda row: (row.kind == "constant", _sort_key(row, metric), row.system))
        if members:
            groups.append({"title": title, "rows": [_row(row, card) for row in members], "why": False})
    for status, title in STATUS_WORDS.items():
        members = [row for row in card.rows if row.status == status]
        if members:
            groups.append(
                {"title": title, "rows": [_row(row, card) for row in members], "why": True},
            )
    words = [metric_words(name) for name in names]
    return {
        "metric": metric,
        "lead": lead,
        "all": names,
        "words": {
            w.name: {
                "title": w.title,
                "inline": w.inline,
                "short": w.short,
                "higher": w.higher,
                "note": w.note,
                "digits": digits_of(card, w.name),
            }
            for w in words
        },
        "groups": groups,
        "axis": _axis(card, metric),
        "n": len(card.rows),
    }


def _row(row: Row, card: Scorecard) -> dict[str, Any]:
    return {
        "system": row.system,
        "kind": row.kind,
        "kind_words": KIND_WORDS.get(row.kind, row.kind),
        "chosen": row.system == card.chosen,
        "status": row.status,
        "note": row.note,
        "metrics": {name: estimate(value) for name, value in row.metrics.items()},
        "seconds": row.seconds,
        "calibration": dict(row.calibration),
        "decision": dict(row.decision),
        "synthetic": synthetic_rows(row),
    }


def _axis(card: Scorecard, metric: str) -> list[float] | None:
    """Return the range that all intervals of the leading metric fit in."""
    ends = [
        end
        for row in card.rows
        if (value := row.metrics.get(metric)) is not None and row.kind != "constant"
        for end in (value.low, value.high, value.mean)
        if end == end and abs(end) != float("inf")
    ]
    return [min(ends), max(ends)] if ends else None


def digits_of(card: Scorecard, metric: str) -> int:
    """Return how many decimals a metric needs in this scorecard."""
    return digits_for(row.metrics[metric].mean for row in card.rows if metric in row.metrics)


def gains(card: Scorecard) -> dict[str, Any] | None:
    """Return paired differences to the best row without resampling, largest first."""
    if not card.gains:
        return None
    ordered: list[Gain] = sorted(card.gains, key=lambda gain: -gain.difference.mean)
    return {
        "against": ordered[0].against,
        "metric": ordered[0].metric,
        "digits": digits_of(card, ordered[0].metric),
        "title": metric_words(ordered[0].metric).inline,
        "rows": [
            {
                "system": gain.system,
                **(estimate(gain.difference) or {}),
                "p": gain.p_value,
                "p_corrected": gain.p_corrected,
                "helps": gain.helps,
            }
            for gain in ordered
        ],
    }
