"""Records become one plain dict; the page and the terminal are drawn from it and know nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.evaluate.exposure_curve import Exposure
from steelyard.records import Dataset, Finding, Scorecard, Seal
from steelyard.report.collect_drivers import drivers
from steelyard.report.collect_exposure import exposure_figures
from steelyard.report.collect_facts import facts
from steelyard.report.collect_findings import findings_by_outcome
from steelyard.report.collect_frequency import frequency
from steelyard.report.collect_predictions import from_predictions
from steelyard.report.collect_protocol import protocol_lines, versions_line
from steelyard.report.collect_systems import gains, systems
from steelyard.report.collect_verdict import headline_of_findings, verdict
from steelyard.report.interest import (
    chance_of,
    costs_in_words,
    labels_of,
    positive_of,
)
from steelyard.report.plain_text import plain_tree

__all__ = ["REPORT_VERSION", "collect"]

REPORT_VERSION = 1
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
    exposure: Exposure | None = None,
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
        What was asked for. ``title``, ``kind`` ("fit", "check", "compare", "score", "attack"), ``version``,
        ``created``, ``versions`` and ``promise`` (of a score: a mapping with ``held`` and
        ``sentence``) have their places; everything else is listed under the protocol.
    announcements : sequence of str, optional
        What was done to the columns; what was noted as the table was read comes before it.
    exposure : Exposure, optional
        What flipped labels would do to the rare classes.

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
        "drivers": None,
        "exposure": exposure_figures(exposure, settings),
        "announcements": [*getattr(dataset.X, "attrs", {}).get("notes", ()), *announcements],
        "seal": seal.to_dict() if seal else None,
        "verdict": None,
        "systems": None,
        "gains": None,
        "frequency": None,
        "curves": {},
        "confusion": None,
        "per_class": [],
        "review": [],
        "costs": None,
        "notes": [],
    }
    protocol: Mapping[str, Any] = scorecard.protocol if scorecard else {}
    report["drivers"] = drivers(explanations or {}, dataset, {**settings, **protocol})
    report["protocol"] = protocol_lines(_protocol_in_words(dataset, protocol), settings)
    report["versions"] = versions_line(settings, protocol)
    metric = str(protocol.get("metric") or DEFAULT_METRIC)
    chance = {name: chance_of(name, dataset, protocol) for name in (metric, DEFAULT_METRIC)}
    if scorecard is not None:
        report["systems"] = systems(scorecard, metric)
        report["gains"] = gains(scorecard)
        report["frequency"] = frequency(dataset, scorecard, report["systems"]["groups"])
        report["notes"] = list(scorecard.notes)
        report.update(from_predictions(dataset, scorecard, metric, {**settings, **protocol}))
        report["verdict"] = verdict(scorecard, metric, _rare_rows(data), chance, settings.get("promise"))
    elif exposure is not None:
        report["verdict"] = {"headline": exposure.sentence, "sentence": "", "answers": []}
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
