"""Records become one plain dict; the page and the terminal are drawn from it and know nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.records import Dataset, Finding, Scorecard, Seal
from steelyard.report import collect_decisions
from steelyard.report.collect_curves import calibration_curve, precision_recall_curve
from steelyard.report.collect_findings import findings_by_outcome
from steelyard.report.collect_protocol import protocol_lines, versions_line
from steelyard.report.collect_systems import gains, ranked_names, systems
from steelyard.report.collect_verdict import facts, headline_of_findings, verdict
from steelyard.report.held_out import HeldOut, held_out, top_systems
from steelyard.report.interest import chance_of, cost_matrix, costs_in_words, labels_of, positive_of
from steelyard.report.plain_text import plain_tree
from steelyard.report.write_numbers import figure

__all__ = ["REPORT_VERSION", "collect"]

REPORT_VERSION = 1
DRIVERS_SHOWN = 12
REASONS_SHOWN = 6
REASONS_PER_ROW = 5
DEFAULT_METRIC = "average_precision"


def collect(
    dataset: Dataset,
    findings: Sequence[Finding] = (),
    scorecard: Scorecard | None = None,
    *,
    explanations: Mapping[str, Any] | None = None,
    seal: Seal | None = None,
    settings: Mapping[str, Any] | None = None,
    announcements: Sequence[str] = (),
) -> dict[str, Any]:
    """Gather everything a report shows; whatever is not given is left out of the page.

    Parameters
    ----------
    dataset : Dataset
        The table that was checked or learned from; its rows stay out of the report.
    findings : sequence of Finding, optional
    scorecard : Scorecard, optional
        With ``predictions``, curves and counts are drawn too.
    explanations : mapping, optional
        ``importance``: list of ``column, mean, low, high``; ``reasons``: list of
        ``row, proba, label, decided, reasons`` with ``reasons`` a list of ``column, value, effect``.
    seal : Seal, optional
    settings : mapping, optional
        What was asked for. ``title``, ``kind`` ("fit", "check", "compare", "score"), ``version``,
        ``created``, ``versions`` and ``promise`` (of a score: a mapping with ``held`` and
        ``sentence``) have their places; everything else is listed under the protocol.
    announcements : sequence of str, optional
        What was done to the columns.

    Returns
    -------
    dict
        Plain: dicts, lists, strings and numbers, safe to print.

    Examples
    --------
    >>> import numpy as np
    >>> report = collect(Dataset(np.zeros((4, 1)), np.array(["a", "a", "a", "b"]), name="tiny"))
    >>> report["title"], report["data"]["rare"]
    ('tiny', {'label': 'b', 'rows': 1})
    """
    settings = dict(settings or {})
    data = _data(dataset)
    report: dict[str, Any] = {
        "report_version": REPORT_VERSION,
        "kind": settings.get("kind") or ("fit" if seal else "compare" if scorecard else "check"),
        "title": settings.get("title") or dataset.name,
        "created": settings.get("created"),
        "version": settings.get("version"),
        "data": data,
        "findings": findings_by_outcome(findings) if findings else None,
        "drivers": _drivers(explanations or {}),
        "announcements": list(announcements),
        "seal": seal.to_dict() if seal else None,
        "verdict": None,
        "systems": None,
        "gains": None,
        "curves": {},
        "confusion": None,
        "per_class": [],
        "review": [],
        "costs": None,
        "notes": [],
    }
    protocol: Mapping[str, Any] = scorecard.protocol if scorecard else {}
    report["protocol"] = protocol_lines(_protocol_in_words(dataset, protocol), settings)
    report["versions"] = versions_line(settings, protocol)
    metric = str(protocol.get("metric") or DEFAULT_METRIC)
    chance = {name: chance_of(name, dataset, protocol) for name in (metric, DEFAULT_METRIC)}
    if scorecard is not None:
        report["systems"] = systems(scorecard, metric)
        report["gains"] = gains(scorecard)
        report["notes"] = list(scorecard.notes)
        report.update(_from_predictions(dataset, scorecard, metric, {**settings, **protocol}))
        report["verdict"] = verdict(scorecard, metric, _rare_rows(data), chance, settings.get("promise"))
    elif report["findings"]:
        report["verdict"] = {
            "headline": headline_of_findings(report["findings"], data["name"]),
            "sentence": "",
            "answers": [],
        }
    report["facts"] = facts(data, scorecard, metric, chance, report["curves"], report["confusion"])
    plain: dict[str, Any] = plain_tree(report)
    return plain


def _data(dataset: Dataset) -> dict[str, Any]:
    summary = dataset.to_dict()
    rows = len(dataset)
    counts = summary.pop("classes")
    summary.pop("schema")
    rare = list(counts)[-1] if counts else None
    return {
        **summary,
        "n_classes": len(counts),
        "classes": [
            {"label": label, "rows": n, "share": n / rows if rows else 0.0} for label, n in counts.items()
        ],
        "rare": {"label": rare, "rows": counts[rare]} if rare is not None else None,
        "left_out": dict(dataset.schema.left_out) if dataset.schema else {},
    }


def _rare_rows(data: Mapping[str, Any]) -> int | None:
    return data["rare"]["rows"] if data["rare"] else None


def _protocol_in_words(dataset: Dataset, protocol: Mapping[str, Any]) -> dict[str, Any]:
    labels = labels_of(dataset)
    positive = positive_of(labels, dataset, protocol) if len(labels) == 2 else None
    return costs_in_words(protocol, labels, positive)


def _from_predictions(
    dataset: Dataset, card: Scorecard, metric: str, protocol: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all parts that need the predictions themselves."""
    ranked = [name for name in ranked_names(card, metric) if name in card.predictions]
    if not ranked:
        return {}
    labels = labels_of(dataset, card, ranked[0])
    binary, positive = len(labels) == 2, positive_of(labels, dataset, protocol)
    fit = {
        name: made
        for name, made in card.predictions.items()
        if made.proba.ndim == 2 and made.proba.shape[1] == len(labels)
    }
    top = {name: held_out(made, dataset, labels) for name, made in top_systems(fit, ranked).items()}
    if not top:
        return {}
    chosen = card.chosen if card.chosen in fit else next(iter(top))
    held = held_out(fit[chosen], dataset, labels)
    cost = cost_matrix(protocol, len(labels))
    counts = {str(label): n for label, n in dataset.counts.items()}
    parts: dict[str, Any] = {
        "curves": _curves(top, labels, positive, card),
        "confusion": {
            **collect_decisions.confusion(held, labels, cost),
            "system": chosen,
            "positive": positive if binary else None,
        },
        "per_class": collect_decisions.per_class(held, labels, card.row(chosen), counts),
    }
    if binary:
        review = protocol.get("review")
        wanted = int(review) if isinstance(review, (int, float)) else None
        parts["review"] = collect_decisions.review_list(held, positive, wanted)
        parts["costs"] = collect_decisions.cost_curve(held, positive, _ratio(cost, positive))
    return parts


def _ratio(cost: NDArray[np.float64] | None, positive: int) -> float | None:
    """Return how many false alarms a miss costs."""
    if cost is None or cost[1 - positive, positive] <= 0:
        return None
    return float(cost[positive, 1 - positive] / cost[1 - positive, positive])


def _curves(top: Mapping[str, HeldOut], labels: list[str], positive: int, card: Scorecard) -> dict[str, Any]:
    """Return curves of the top systems for the class of interest."""
    return {
        "label": labels[positive],
        "binary": len(labels) == 2,
        "precision_recall": [
            line
            for name, held in top.items()
            if (line := precision_recall_curve(held, positive, name)) is not None
        ],
        "calibration": [
            {**line, "told": _calibration_in_words(card.row(name).calibration)}
            for name, held in top.items()
            if (line := calibration_curve(held, positive, name)) is not None
        ],
    }


def _calibration_in_words(calibration: Mapping[str, Any]) -> str:
    """Return how probabilities were calibrated and what that did, or nothing."""
    method = calibration.get("method")
    if not method or method == "none":
        return ""
    before, after = calibration.get("error_before"), calibration.get("error_after")
    if before is None or after is None:
        return f"Calibrated: {method}."
    return (
        f"Calibrated: {method}; calibration error {figure(before)} before and {figure(after)} after,"
        " on rows not used for it."
    )


def _drivers(explanations: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the columns that matter most and the reasons for a few rows."""
    importance = sorted(
        (dict(line) for line in explanations.get("importance") or ()),
        key=lambda line: -float(line.get("mean") or 0.0),
    )
    reasons = []
    for line in list(explanations.get("reasons") or ())[:REASONS_SHOWN]:
        own = sorted(line.get("reasons") or (), key=lambda r: -abs(float(r.get("effect") or 0.0)))
        reasons.append({**line, "reasons": [dict(r) for r in own[:REASONS_PER_ROW]]})
    if not importance and not reasons:
        return None
    return {
        "importance": importance[:DRIVERS_SHOWN],
        "n_columns": len(importance),
        "reasons": reasons,
    }
